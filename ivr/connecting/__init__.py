"""What the carrier's TaskRouter is to hold of ours, and how it comes to hold it."""
