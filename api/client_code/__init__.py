"""Makes a typed Python client from documents; see `python -m api.client_code --help`."""
