"""What must be true of the hotline itself, as it is in force."""
