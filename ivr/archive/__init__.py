"""Records, opened for people: calls with their numbers, stories turn by turn, cases with what was said."""
