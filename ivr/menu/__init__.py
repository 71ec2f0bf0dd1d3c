"""YAML -> Content: reads a hotline's files and says everything that is wrong with them at once."""
