"""The admin's first page: does this machine answer calls as it should, and what needs somebody's attention?"""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from customers import directory
from customers.duties_in_words import what_is_wrong, what_was_done
from personalization.first_page_calls import figures
from personalization.node_state import node_state

_MOST_MESSAGES = 10_000
# Housekeeping stores within a second; more than this means that it cannot.
_MANY_WAITING = 100


def add_state(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the page says beside the list of what can be edited (Unfold's DASHBOARD_CALLBACK)."""
    state = node_state(most_messages=_MOST_MESSAGES)
    attention = _attention(waiting=state.waiting, set_aside=state.set_aside)
    duties = {"wrong": what_is_wrong(at=timezone.now()), "done": what_was_done(at=timezone.now())}
    return context | figures(request) | {"node": state, "attention": attention, "duties": duties}


def _attention(*, waiting: int, set_aside: int) -> list[str]:
    """A sentence for each thing that is not as it should be, with what to do."""
    sentences = []
    match directory.freshness():
        case directory.Freshness.LAST_KNOWN:
            sentences.append(
                "The database does not answer the follower: calls are answered from what was last known. "
                "See whether PostgreSQL is up and `manage.py follow` runs."
            )
        case directory.Freshness.TOO_OLD:
            sentences.append("This machine has no copy young enough to use: callers get their line's fallback.")
    if waiting > _MANY_WAITING:
        sentences.append(f"{waiting} reports of calls wait to be stored: see whether `manage.py housekeeping` runs.")
    if set_aside:
        sentences.append(
            f"{set_aside} reports could not be stored and are set aside; the log says why. "
            "`manage.py housekeeping --retry` tries them again."
        )
    return sentences
