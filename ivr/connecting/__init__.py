"""What the carrier is to hold of ours, its numbers and its TaskRouter, and how it comes to hold it."""
