"""How rows come out of files: one module per file format, one door (`ingest.formats.opening`)."""
