"""The engine: what a phone menu does, free of clock, network, database and chance."""
