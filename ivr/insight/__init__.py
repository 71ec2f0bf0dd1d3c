"""The figures: what calls add to them, how they are kept in step, and what they say."""
