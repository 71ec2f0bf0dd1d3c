"""The carrier's double: it plays calls over HTTP by the carrier's manual and knows only URLs, forms and XML."""
