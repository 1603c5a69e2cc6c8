"""An assistant asks in the middle of a call where to transfer it: a live call waits, so this is answered like a call.

From this node's copy, never from PostgreSQL, and always with something that Vapi understands
(ServerMessageResponseTransferDestinationRequest in Vapi's OpenAPI).
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone

from assistants import live
from assistants.incoming import IncomingCall
from assistants.replies import assistant_reply
from assistants.routing import RoutingDecision, fall_back, route_call
from assistants.transfers import only_transfers
from customers import directory
from personalization.messages import Json, read_assistant_request

logger = logging.getLogger("personalization.calls")

NOBODY = "There is nobody to transfer this call to."


def transfer_destination(message: Json) -> Mapping[str, Any]:
    """`{"destination": …}` by the first rule that transfers such a call, or `{"error": …}` in a sentence."""
    call = replace(read_assistant_request({"message": message}), asks_for_transfer=True)
    for decide in (_by_all_we_know, _by_fallback):
        try:
            return transfer_reply(decide(call))
        except Exception:
            logger.exception("call %s: no transfer destination", call.call_id)
    return {"error": NOBODY}


def transfer_reply(decision: RoutingDecision) -> Mapping[str, Any]:
    """The answer to such a request."""
    return assistant_reply(decision, decision_id="") if decision.variant else {"error": NOBODY}


def _by_all_we_know(call: IncomingCall) -> RoutingDecision:
    if directory.freshness() is directory.Freshness.TOO_OLD:
        return _by_fallback(call)
    now = live.current()
    return route_call(
        call=call,
        ruleset=only_transfers(now.ruleset),
        switches=now.switches,
        at=timezone.now(),
        default_region=settings.DEFAULT_REGION,
    )


def _by_fallback(call: IncomingCall) -> RoutingDecision:
    ruleset = only_transfers(live.current().ruleset)
    return fall_back(call=call, ruleset=ruleset, at=timezone.now(), default_region=settings.DEFAULT_REGION)
