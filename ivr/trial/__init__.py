"""A menu tried on past calls: what each caller did is done once more, and where nothing is recorded it stops. Pure."""
