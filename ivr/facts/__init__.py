"""What a turn may know of the world: hours, flags, numbers; gathered off the request path."""
