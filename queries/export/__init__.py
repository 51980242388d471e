"""Exports: what a reader may see of a part of the graph, as a file for other programs."""
