"""The ontology as data: one YAML file per entity type or relation, and what is read from them."""

from graph.ontology.schema import (
    EntityType,
    LinkRule,
    Ontology,
    Property,
    RelationType,
    load,
    ontology,
)

__all__ = [
    "EntityType",
    "LinkRule",
    "Ontology",
    "Property",
    "RelationType",
    "load",
    "ontology",
]
