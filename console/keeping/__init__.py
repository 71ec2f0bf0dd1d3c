"""The pages of what is kept of people: for how long, who is erased, what is handed out, what is held."""
