"""D20: does a listing show a certificate that belongs to another maker's product?

The maker of a listing is what the page says and what the product register says. A maker is covered
when it is the certificate's holder or manufacturer (by id or by name), or within two steps of
AUTHORISES from or to a holder, or the holder's parent, branch or sibling. Fires (severity 5) when a
known maker is not covered and neither is the seller; and (severity 4) when the maker is covered but
the model is none of the certificate's models.

Models are compared by `likeness.is_model_covered`: look-alike characters, short variants after a
listed model and series entries (…系列, *) count as covered, because ODM goods carry series names.
A listing that names no maker and no model is unknown, not borrowed.

Cannot see: a page that copies the true holder's name, or an authorisation nobody reported.
Sources: plan 二(三), 三(一).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.legal_basis import plan
from detect.detectors.likeness import is_among, is_model_covered
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("min_listings", 1, "listings", 1, 50, "one borrowed certificate is a violation"),
)

Use = Mapping[str, Any]


def _covered(firms: Iterable[tuple[str | None, str | None]], row: Row) -> bool:
    """Whether one of the (id, name) firms is the holder, the manufacturer, or allowed by them."""
    certificate = row["certificate"]
    rightful = [*row["holders"], *row["allowed"]]
    ids = {firm["id"] for firm in rightful}
    named = [
        certificate["holder_name"],
        certificate["manufacturer_name"],
        *(firm["name"] for firm in rightful),
    ]
    return any(i in ids or is_among(name, named) for i, name in firms)


def fault(use: Use, row: Row) -> str | None:
    """`maker` or `model` when the certificate does not cover the listing, None when it does."""
    makers = [(maker["id"], maker["name"]) for maker in use["makers"]]
    if use["shown_manufacturer"]:
        makers.append((None, use["shown_manufacturer"]))
    seller_is_covered = _covered([(use["merchant_id"], use["name"])], row)
    if not seller_is_covered and any(not _covered([maker], row) for maker in makers):
        return "maker"
    models = row["certificate"]["models"]
    if use["model"] and models and not is_model_covered(use["model"], models):
        return "model"
    return None


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per merchant that shows the certificate wrongly."""
    faults: dict[str, list[tuple[Use, str]]] = {}
    for use in row["uses"]:
        if code := fault(use, row):
            faults.setdefault(use["merchant_id"], []).append((use, code))
    return [
        _judgement(row, merchant_id, found, parameters)
        for merchant_id, found in sorted(faults.items())
        if len({use["listing_id"] for use, _ in found}) >= parameters["min_listings"]
    ]


def _judgement(
    row: Row, merchant_id: str, found: list[tuple[Use, str]], parameters: Parameters
) -> Judgement:
    certificate = row["certificate"]
    uses = [use for use, _ in found]
    is_maker = any(code == "maker" for _, code in found)
    example = next(use for use, code in found if code == ("maker" if is_maker else "model"))
    maker = example["shown_manufacturer"] or "、".join(m["name"] for m in example["makers"])
    seen = gather(
        [certificate["id"], merchant_id, *(use["listing_id"] for use in uses)], uses, [certificate]
    )
    return Judgement(
        subject_ids=(merchant_id,),
        severity=5 if is_maker else 4,
        value=float(len({use["listing_id"] for use in uses})),
        threshold=parameters["min_listings"],
        unit="listings",
        values={
            "certificate_no": certificate["certificate_no"],
            "merchant": example["name"],
            "holder": certificate["holder_name"] or "—",
            "manufacturer": certificate["manufacturer_name"] or "—",
            "shown_maker": maker or "—",
            "shown_model": example["model"] or "—",
            "models": certificate["models"] or "—",
            "fault": "maker" if is_maker else "model",
            "listings": len({use["listing_id"] for use in uses}),
        },
        input_ids=seen.input_ids,
        input_records=seen.input_records,
        regions=seen.regions,
        checks=("holder", "manufacturer", "authorisation", "ownership", "series_names"),
    )


DETECTOR = Detector(
    id="D20",
    name="borrowed_certificate",
    version=1,
    is_violation=True,
    legal_basis=(plan("二(三)"), plan("三(一)")),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d20_borrowed_certificate.cypher"),
    judge=judge,
)
