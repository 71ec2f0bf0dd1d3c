"""People who work with the hotline: roles, and how somebody is let in the first time."""
