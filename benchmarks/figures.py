"""The figure every benchmark reports; it lives with the made-up world, which reports it too."""

from synth.figures import Figure, at_least, at_most

__all__ = ["Figure", "at_least", "at_most"]
