"""The questions of the API, one file a group; `api.query` puts them together."""
