"""Speeds as ratios to a floor that is measured beside them: `python -m bench`."""
