"""Every kind of value the ontology may name, one file each."""

from __future__ import annotations

from graph.model.values import (
    address_id,
    address_text,
    batch,
    boolean,
    ccc,
    cma,
    cnas,
    date,
    decimal,
    digital_link,
    division,
    gtin,
    host,
    instant,
    integer,
    licence,
    money_fen,
    name,
    phone,
    platform,
    registration_number,
    report_number,
    share,
    store_native_id,
    text,
    token,
    url,
    uscc,
    waybill,
)
from graph.model.values.base import Scalar, ValueKind

KINDS: dict[str, ValueKind] = {
    kind.name: kind
    for kind in (
        text.KIND,
        name.KIND,
        token.KIND,
        uscc.KIND,
        registration_number.KIND,
        ccc.KIND,
        cma.KIND,
        cnas.KIND,
        report_number.KIND,
        licence.KIND,
        division.KIND,
        phone.KIND,
        waybill.KIND,
        platform.KIND,
        store_native_id.KIND,
        url.KIND,
        host.KIND,
        gtin.KIND,
        digital_link.KIND,
        batch.KIND,
        date.KIND,
        instant.KIND,
        integer.KIND,
        decimal.KIND,
        share.KIND,
        boolean.KIND,
        money_fen.KIND,
        address_id.KIND,
        address_text.KIND,
    )
}

__all__ = ["KINDS", "Scalar", "ValueKind"]
