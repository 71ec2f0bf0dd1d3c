"""What the carrier calls: the voice port, and nothing else."""
