"""What must be true of this machine and its database."""
