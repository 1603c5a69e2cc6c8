"""Splitting callers among several variants: sticky, even, and stable when a share is added (plain Python).

Weighted rendezvous hashing: every variant draws a number for the caller, and the highest wins. Adding a share, or
raising its weight, only ever moves callers to that share. (Thaler and Ravishankar 1998; weights as in Schindelhauer
and Schomaker 2005, "Weighted distributed hash tables".)
"""

from collections.abc import Mapping
from hashlib import blake2b
from math import log

_DRAWS = float(2**64)


def choose(*, rule: str, caller: str, weights: Mapping[str, int]) -> str:
    """The name among `weights` (name → weight, positive) that this caller always gets under this rule."""
    return max(weights, key=lambda name: (_score(f"{rule}\0{name}\0{caller}", weights[name]), name))


def _score(key: str, weight: int) -> float:
    draw = (int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) + 0.5) / _DRAWS
    return -weight / log(draw)
