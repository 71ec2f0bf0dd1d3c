"""One file per word of the command line; each holds a click command named ``command``."""
