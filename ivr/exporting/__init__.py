"""Calls written to files for other programs: rows as people see them, in a format, of one filter."""
