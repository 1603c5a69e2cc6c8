"""What this node knows of itself, for probes and metrics: nothing here asks PostgreSQL or takes long."""

from dataclasses import dataclass
from math import isfinite

from django.conf import settings

from assistants import live
from customers import directory
from customers.spool import Spool


@dataclass(frozen=True, slots=True)
class NodeState:
    """`version` is the rules' that callers hear; `copy_age_s` None until there is a copy of customers and rules.

    `waiting` are messages that are not in the database yet, `set_aside` those that it refuses.
    """

    version: int | None
    copy_age_s: float | None
    waiting: int
    set_aside: int


def node_state(*, most_messages: int | None = None) -> NodeState:
    """How things stand now. Messages are counted up to `most_messages`: counting 100,000 takes a while."""
    waiting, set_aside = Spool(settings.DATA_DIR / "spool").sizes(at_most=most_messages)
    return NodeState(version=_version(), copy_age_s=copy_age(), waiting=waiting, set_aside=set_aside)


def copy_age() -> float | None:
    """Seconds since PostgreSQL last confirmed what this node knows; None until there is such a copy."""
    age = directory.copy_age()
    return age if isfinite(age) else None


def _version() -> int | None:
    try:
        return live.current().ruleset.version
    except Exception:  # whatever keeps us from reading the rules, there is no version
        return None
