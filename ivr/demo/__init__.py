"""A believable history, made up from a seed and written as the product itself would have written it."""
