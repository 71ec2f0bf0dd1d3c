"""The job process: what turns wanted done is done, recordings are fetched, calls are ended."""
