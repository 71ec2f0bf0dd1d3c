"""The desk of people who take calls: the card of a call, what each agent sees, and what they do there."""
