"""What can be done during a talk: hold, consult, warm transfer, sending on, listening; and how a talk ends."""
