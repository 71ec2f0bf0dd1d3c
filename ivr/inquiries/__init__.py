"""The second phase of a step that needs an answer from outside the engine: who is asked, within which bounds."""
