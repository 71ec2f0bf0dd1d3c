"""Menus that people are at work on in the pages: drafts in the database, checked, tried, reviewed and published."""
