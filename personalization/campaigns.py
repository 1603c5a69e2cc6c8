"""Vapi asks before it dials somebody of a campaign: only who agreed to be called is, and nobody in doubt.

From this node's copy, which must be up to date: a consent may have been taken back, and such a call can wait.
"""

import logging
from collections.abc import Mapping

from django.conf import settings
from django.utils import timezone

from assistants import live
from assistants.campaigns import may_be_dialled
from assistants.routing import find_line
from customers import directory
from customers.phone_numbers import read_caller
from personalization.messages import Json, object_in, read_assistant_request

logger = logging.getLogger("personalization.calls")


def may_be_called(message: Json) -> Mapping[str, bool]:
    """`{"eligible": …}` for `campaign.predial`, whose `contact` (else `customer`) says whom Vapi would call."""
    try:
        return {"eligible": _is_eligible(message)}
    except Exception:
        logger.exception("A campaign's contact is not called, as nothing can be known of it.")
        return {"eligible": False}


def _is_eligible(message: Json) -> bool:
    if directory.freshness() is not directory.Freshness.LIVE:
        return False
    now = live.current()
    numbers = [object_in(message, key).get("number") for key in ("contact", "customer")]
    number = next((each for each in numbers if isinstance(each, str) and each), "")
    return may_be_dialled(
        contact=directory.find_caller(read_caller(numbers=[number], sip_uris=[], region=settings.DEFAULT_REGION)),
        line=find_line(read_assistant_request({"message": message}), now.ruleset, settings.DEFAULT_REGION),
        switches=now.switches,
        at=timezone.now(),
    )
