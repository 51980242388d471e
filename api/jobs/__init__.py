"""Work that takes longer than a request: queued in the store, done by workers of the service."""
