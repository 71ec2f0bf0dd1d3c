"""The carrier, asked by us: its list of calls, and the recordings it holds."""
