"""Reads what people and rules judged to be one, as a fold: who counts as one holder on a day."""

from __future__ import annotations

from graph.model.identity import Fold, fold_of
from graph.model.judgements import Judgement
from graph.store.session import Store
from graph.store.statement import Statement

_JUDGED = Statement.load(__file__, "judged.cypher")


def read_fold(store: Store, as_of: str, type_name: str = "Merchant") -> Fold:
    """Who counts as one on `as_of` (ISO date), by the judgements that were in force on that day.

    Costs one look at the type of the relation where nobody judged anything.
    """
    codes: dict[str, str] = {}
    regions: dict[str, list[str]] = {}
    judgements = []
    for row in store.read(_JUDGED, prefix=f"{type_name}:"):
        judgements.append(Judgement(a=row["a"], b=row["b"], **row["properties"]))
        for end in "ab":
            regions[row[end]] = row[f"regions_{end}"] or []
            if code := row[f"code_{end}"]:
                codes[row[end]] = code
    return fold_of(judgements, codes, regions, as_of)
