"""Delivery of weekly digests: by webhook, e-mail and file, each to each once."""
