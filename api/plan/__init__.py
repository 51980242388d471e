"""Compiled execution: what the reference executor does, worked out once per document.

The reference executor is never replaced where anything could differ: generated functions build answers
of plain attributes only, and give way to it (`Refused`) at the first value they do not know. So errors,
their paths and their order are always its own.
"""
