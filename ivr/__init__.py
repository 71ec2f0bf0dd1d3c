"""The hotline: staff write a phone menu as YAML, callers hear it and reach a person."""
