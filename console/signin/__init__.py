"""Signing in: flask-security-too over our own store, limits, sessions, and how somebody is let in the first time."""
