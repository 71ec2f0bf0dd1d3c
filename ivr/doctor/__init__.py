"""Everything that must be true before the first real call: looked at, each with its remedy. One check, one file."""
