"""Examples of every operation: documents to copy and change, and the page that lists them."""
