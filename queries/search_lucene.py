"""The Lucene queries of a search: what the index proposes to one reader, and what it has beside that.

Pure. What is proposed first must not depend on what the reader may not see, and Lucene's own scores do:
they weigh a word by how many things hold it. So what is looked for is asked for without any score, and
beside it stand clauses that give a constant one. The score of a thing is the number of pieces it holds,
plus

    64 where it has the whole text or its short form, 1/2 where it begins with the first piece,
    and less than 1/2 by its id alone, so that equals are nearly always told apart.

All weights are powers of two: sums of floats are then exact, in whatever order they are added.
Nodes of which regions say different things are asked for by what visible regions say (see
`graph.store.search_values`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from graph.model.search_words import (
    ANY_REGION,
    IS_CJK,
    LEVELS,
    identifier_key,
    piece_key,
    pieces,
    region_key,
    type_key,
    whole_key,
)
from queries.search_terms import Terms

NOTHING = "search_keys:nothing"
"""Proposes nothing: no key is so written."""

_WHOLE_WEIGHT = 64.0
_MAX_REGIONAL_WORDS = 240
"""Pieces times regions; asked for twice, with all else, this stays below Lucene's 1,024 clauses."""

_LETTERS = re.compile(r"[^\W\d_]+")
_LEAST_PREFIX_LETTERS, _LEAST_PREFIX_CHARS = 3, 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: the terms, identifiers it may be (cleaned), and types (None for all)."""

    terms: Terms
    identifiers: Sequence[str] = ()
    types: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class _Clause:
    """Words of which a thing may hold any (with `*`: all that begin so), and what holding one counts.

    Any, not each: a name that several visible regions say is one name.
    """

    words: tuple[str, ...]
    weight: float = 1.0

    @property
    def scored(self) -> str:
        """The weight, and not what Lucene thinks the words are worth."""
        return f"(+*:*^{_number(self.weight)} +({' '.join(self.words)})^0)"


def visible_query(asked: Asked, regions: Sequence[str]) -> str:
    """Proposes what a reader of these regions may see, the best match with the highest score."""
    first = f"b{piece_key(next(pieces(asked.terms.text)))}"
    order = [
        _Clause((f"search_keys:q{level}",), 2.0 ** -(at + 2)) for at, level in enumerate(LEVELS)
    ]
    proposing = _proposing(asked, regions)
    telling = [*proposing, *_others(asked, regions), _key(first, regions, 0.5), *order]
    return " ".join(
        [
            f"+({' '.join(f'regions:{region}' for region in regions)})^0",
            *_required(asked, proposing, regions),
            *(clause.scored for clause in telling),
        ]
    )


def hidden_query(asked: Asked, regions: Sequence[str]) -> str:
    """Proposes what matches and is of none of these regions; a score counts its pieces."""
    proposing = _proposing(asked, [ANY_REGION])
    return " ".join(
        [
            *_required(asked, proposing, [ANY_REGION]),
            *(clause.scored for clause in (*proposing, *_others(asked, [ANY_REGION]))),
            *(f"-regions:{region}" for region in regions),
        ]
    )


def _required(asked: Asked, proposing: Iterable[_Clause], regions: Iterable[str]) -> Iterator[str]:
    words = [word for clause in proposing for word in clause.words]
    keys = [identifier_key(text) for text in asked.identifiers]
    words += [f"search_keys:{region_key(region, key)}" for region in regions for key in keys]
    yield f"+({' '.join(words)})^0"
    if asked.types is not None:
        types = " ".join(f"search_keys:{type_key(name)}" for name in asked.types)
        yield f"+({types or NOTHING})^0"


def _proposing(asked: Asked, regions: Sequence[str]) -> list[_Clause]:
    wanted = asked.terms
    return [
        *_pieces(wanted.rarest, regions, 0),
        *(
            _key(whole_key(text), regions, _WHOLE_WEIGHT)
            for text in sorted({wanted.text, wanted.core})
        ),
        *(_key(f"{key}*", regions, 1.0) for key in _spoken_keys(wanted)),
    ]


def _others(asked: Asked, regions: Sequence[str]) -> list[_Clause]:
    """The pieces that propose nothing by themselves."""
    wanted = asked.terms
    others = [gram for gram in wanted.grams if gram not in wanted.rarest]
    return _pieces(others, regions, len(wanted.rarest))


def _pieces(grams: Iterable[str], regions: Sequence[str], before: int) -> list[_Clause]:
    most = _MAX_REGIONAL_WORDS // len(regions) - before
    clauses = []
    for at, gram in enumerate(grams):
        key = piece_key(gram) + ("*" if _is_open(gram) else "")
        coded = [f"search_keys:{region_key(region, key)}" for region in regions]
        clauses.append(_Clause((_text(gram), *(coded if at < most else ()))))
    return clauses


def _key(key: str, regions: Iterable[str], weight: float) -> _Clause:
    coded = (f"search_keys:{region_key(region, key)}" for region in regions)
    return _Clause((f"search_keys:{key}", *coded), weight)


def _spoken_keys(wanted: Terms) -> list[str]:
    return [f"p{wanted.spoken}", f"i{wanted.spoken}"] if wanted.spoken else []


def _text(gram: str) -> str:
    return f"search_text:{gram}*" if _is_open(gram) else f'search_text:"{gram}"'


def _is_open(gram: str) -> bool:
    """Whether what begins with the piece is meant too: one Chinese character, a long enough word."""
    if IS_CJK.match(gram):
        return len(gram) == 1
    if _LETTERS.fullmatch(gram):
        return len(gram) >= _LEAST_PREFIX_LETTERS
    # The first digits of a code or number are those of a whole city, or of everything.
    return len(gram) >= _LEAST_PREFIX_CHARS


def _number(weight: float) -> str:
    return f"{weight:.16f}".rstrip("0").rstrip(".")
