"""The pages below ``/settings``: what is in effect, what staff switch, and what config.yaml says."""
