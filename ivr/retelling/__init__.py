"""A past call told again as a scenario: what was done and heard, with nothing in it that names the caller."""
