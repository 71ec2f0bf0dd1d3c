"""What people open in a browser: pages on a port and in workers of their own."""
