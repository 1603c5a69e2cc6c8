"""The ids of our decisions, which come back in the metadata of a call's messages.

A browser can send any metadata with a call. So an id is signed together with the customer whom we decided for: a
customer is proven only by an id that this server made for that very customer.
"""

import os
import re
from collections.abc import Mapping
from typing import Any

from assistants.signing import is_signature, signature

_PURPOSE = "decision id"
_DECISION_ID = re.compile(r"([0-9a-f]{32})\.([0-9A-Za-z_-]{22})", re.ASCII)


def new_decision_id(customer_id: str) -> str:
    """A new id, `<32 hexadecimal digits>.<signature>`, for a decision that was made for this customer.

    `customer_id` is what will stand in `metadata.customerId`, to the letter; empty where nobody was recognised.
    """
    number = os.urandom(16).hex()
    return f"{number}.{signature(_PURPOSE, number, customer_id)}"


def proves(decision_id: str, customer_id: str) -> bool:
    """Whether this server made `decision_id` for this customer; False for anything that is no such id."""
    parts = _DECISION_ID.fullmatch(decision_id)
    return parts is not None and is_signature(parts[2], _PURPOSE, parts[1], customer_id)


def number_of(decision_id: str) -> str:
    """The id without its signature: 32 digits, by which a decision is kept; empty for anything that is no such id."""
    parts = _DECISION_ID.fullmatch(decision_id)
    return parts[1] if parts else ""


def unsigned(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without the signature, with which whoever reads it here could have another call counted as the customer's."""
    decision_id = metadata.get("decisionId")
    return {**metadata, "decisionId": decision_id.partition(".")[0]} if isinstance(decision_id, str) else metadata
