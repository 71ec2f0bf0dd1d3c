"""An installation as one file: database, versions, recordings, prompts, without keys; and back again, proved."""
