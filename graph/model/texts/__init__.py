"""The one catalogue of texts for people, in Chinese and English."""

from graph.model.texts.catalogue import LANGUAGES, catalogue, text

__all__ = ["LANGUAGES", "catalogue", "text"]
