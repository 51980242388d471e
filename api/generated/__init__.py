"""Generated code: see `api.generate`."""
