"""What one message tells of a call: plain values, which a file can hold until the database takes them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class CallNews:
    """One message's share of a call's record. Empty text and None: it says nothing about that.

    `told_at` is when Vapi wrote the message; `final` marks the end-of-call report, `fetched` one that was made of what
    Vapi's API says of a call. `cost` is in USD, decimal digits.
    `customer_id` is a claim unless `proven`; `decision_id` is the number of the decision that proves it.
    """

    vapi_id: str
    told_at: datetime
    final: bool = False
    fetched: bool = False
    type: str = "other"
    status: str = ""
    number: str = ""
    line: str = ""
    customer_id: str = ""
    proven: bool = False
    decision_id: str = ""
    created_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ended_reason: str = ""
    duration_s: float | None = None
    cost: str = ""
    summary: str = ""
    success: str = ""
    structured_data: Any = None
    transcript: str = ""
    has_recording: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """As a file keeps it."""
        return orjson.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: bytes) -> "CallNews":
        """What `to_json` wrote, in this release or another. Raises ValueError or TypeError for anything else."""
        told = orjson.loads(text)
        if not isinstance(told, dict):
            raise TypeError("This is no news of a call.")
        values = {each.name: told[each.name] for each in fields(cls) if each.name in told}
        for name in ("told_at", "created_at", "started_at", "ended_at"):
            values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
        return cls(**values)

    def bare(self) -> "CallNews":
        """The same without all that is personal: what a call was, not with whom or about what."""
        return replace(
            self,
            number="",
            customer_id="",
            proven=False,
            summary="",
            success="",
            structured_data=None,
            transcript="",
            metadata={},
        )

    @property
    def decimal_cost(self) -> Decimal | None:
        """The cost as the database keeps it; None where there is none that it could keep."""
        try:
            amount = Decimal(self.cost)
        except InvalidOperation:
            return None
        return round(amount, 6) if amount.is_finite() and abs(amount) < 10**6 else None
