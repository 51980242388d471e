"""The upper tail of the hypergeometric distribution, in logarithms so that it never underflows.

    P(X ≥ k) = Σ_{i=k}^{min(n,K)} C(K,i)·C(N−K,n−i) / C(N,n)

`ln C(a,b) = lgamma(a+1) − lgamma(b+1) − lgamma(a−b+1)`, and the terms are added by log-sum-exp.
"""

from __future__ import annotations

import math


def log10_tail(hits: int, draws: int, marked: int, population: int) -> float:
    """log10 of the chance of at least `hits` marked items in `draws` from `population` items.

    Raises ValueError when the counts contradict each other.
    """
    if not (0 <= marked <= population and 0 <= draws <= population and hits >= 0):
        msg = f"impossible counts: {hits=} {draws=} {marked=} {population=}"
        raise ValueError(msg)
    low = max(hits, draws - (population - marked), 0)
    high = min(draws, marked)
    if low > high:
        return -math.inf
    if hits <= max(0, draws - (population - marked)):
        return 0.0
    total = _log_choose(population, draws)
    terms = [
        _log_choose(marked, i) + _log_choose(population - marked, draws - i) - total
        for i in range(low, high + 1)
    ]
    top = max(terms)
    return min(0.0, (top + math.log(sum(math.exp(t - top) for t in terms))) / math.log(10))


def _log_choose(total: int, chosen: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)
