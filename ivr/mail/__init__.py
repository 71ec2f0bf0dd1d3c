"""E-mail as such: composed, handed to a server, taken from one, and read."""
