"""The check-digit schemes several codes share."""

from __future__ import annotations


def mod_11_10(body: str) -> str:
    """Check digit of a run of digits by ISO 7064 MOD 11,10 (GB/T 17710)."""
    product = 10
    for char in body:
        product = ((product + int(char)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def gs1(body: str) -> str:
    """Check digit of a GS1 number: weights 3, 1 from the right, mod 10 (GS1 General Specifications)."""
    total = sum(
        int(char) * (3 if place % 2 == 0 else 1) for place, char in enumerate(reversed(body))
    )
    return str(-total % 10)


_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def s10(serial: str) -> str:
    """Check digit of the eight-digit serial of a postal item (UPU standard S10)."""
    rest = 11 - sum(int(c) * w for c, w in zip(serial, _S10_WEIGHTS, strict=True)) % 11
    return {10: "0", 11: "5"}.get(rest, str(rest))
