"""Rows that grow and can be read as columns: the links of a world that lives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NEVER = 10_000  # a week that does not come


class Columns:
    """Rows that grow: links with the weeks they happened, were seen, and ended."""

    def __init__(self, capacity: int) -> None:
        self.data = np.zeros((6, capacity), np.int64)
        self.size = 0

    def add(self, merchant: int, identifier: int, kind: int, weeks: tuple[int, int]) -> int:
        """Append one open-ended link; returns its row."""
        if self.size == self.data.shape[1]:
            self.data = np.concatenate([self.data, np.zeros_like(self.data)], axis=1)
        self.data[:, self.size] = (merchant, identifier, kind, *weeks, NEVER)
        self.size += 1
        return self.size - 1

    def extend(self, block: NDArray[np.int64]) -> None:
        """Append many rows (6 x k)."""
        need = self.size + block.shape[1]
        if need > self.data.shape[1]:
            grown = np.zeros((6, 2 * need), np.int64)
            grown[:, : self.size] = self.data[:, : self.size]
            self.data = grown
        self.data[:, self.size : need] = block
        self.size = need

    @property
    def merchant(self) -> NDArray[np.int64]:
        """Merchant per row."""
        return self.data[0, : self.size]

    @property
    def identifier(self) -> NDArray[np.int64]:
        """Identifier per row."""
        return self.data[1, : self.size]

    @property
    def kind(self) -> NDArray[np.int64]:
        """Kind per row."""
        return self.data[2, : self.size]

    @property
    def happened(self) -> NDArray[np.int64]:
        """Week the link came about."""
        return self.data[3, : self.size]

    @property
    def seen(self) -> NDArray[np.int64]:
        """Week the link is first seen."""
        return self.data[4, : self.size]

    @property
    def ended(self) -> NDArray[np.int64]:
        """Week from which the link is gone."""
        return self.data[5, : self.size]
