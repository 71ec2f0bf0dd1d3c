"""What must be true between us, the proxy before us, and the carrier."""
