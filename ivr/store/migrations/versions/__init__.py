"""One change of the tables per file, in the order of their `down_revision`."""
