"""Placing a call to a customer, at most once.

A row is committed before Vapi is asked, and only whoever wrote it asks. Whatever breaks then, the row tells that the
call *may* have been placed; asking again looks for it at Vapi and never places another.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from psycopg.errors import LockNotAvailable

from assistants.decision_ids import number_of, unsigned
from assistants.live import Live
from assistants.models import OutboundPolicy
from assistants.outbound_permission import NotAllowed, check_limits
from assistants.outbound_plan import Plan, Wish, call_request, plan_call
from assistants.starting import decided
from assistants.vapi import Object, Vapi, VapiError, connected
from customers.call_news import CallNews
from customers.card_numbers import without_card_numbers
from customers.models import Call, StartedCall
from customers.phone_numbers import masked
from customers.reports import record

logger = logging.getLogger("personalization.calls")

# Vapi's clock and ours may differ, and a request may wait on its way.
_EARLIER, _LATER = timedelta(minutes=5), timedelta(minutes=30)


class OtherRequest(Exception):
    """The key was used for another request."""


class InProgress(Exception):
    """The same request is being dealt with at this moment."""


@dataclass(frozen=True, slots=True)
class Order:
    """What makes a request the same again: a key, and a digest of what was asked for; and who asks."""

    key: str
    request: str
    by: str

    @classmethod
    def of(cls, key: str, request: bytes, *, by: str) -> "Order":
        """Of any key and any bytes."""
        return cls(sha256(key.encode("utf-8", "replace")).hexdigest(), sha256(request).hexdigest(), by)


def _find_again(order: Order) -> StartedCall | None:
    """The call that was placed for this order, looked for at Vapi where that is not known; None if it is a new one.

    Raises OtherRequest and InProgress.
    """
    earlier = StartedCall.objects.filter(key=order.key).first()
    if earlier is None:
        return None
    if earlier.request != order.request:
        raise OtherRequest
    return earlier if earlier.vapi_id else _reconciled(earlier)


def place_call(wish: Wish, order: Order, *, live: Live, at: datetime) -> StartedCall:
    """Has Vapi call the customer, unless that was asked for before; without `vapi_id` where it is not known whether.

    Raises NotAllowed, UnknownName, NotTheirNumber and VapiError, after which nobody is called and the order may come
    again; OtherRequest and InProgress.
    """
    if earlier := _find_again(order):
        return earlier
    policy = OutboundPolicy.get()
    plan = plan_call(wish, live=live, policy=policy, at=at)
    with connected(patience_s=0) as vapi:
        request = call_request(plan, policy, saved_assistant=vapi.get_assistant)
        try:
            call = _reserve(plan, order, at=at)
        except IntegrityError:  # the same order came twice at this moment
            if earlier := _find_again(order):
                return earlier
            raise
        return _ask(call, request, vapi)


@transaction.atomic(durable=True)
def _reserve(plan: Plan, order: Order, *, at: datetime) -> StartedCall:
    """The row without which Vapi is not asked; who counts, counts alone."""
    policy = OutboundPolicy.objects.select_for_update().get(pk=1)
    check_limits(plan.wish.customer, policy, zone=plan.zone, due_at=plan.due_at)
    return StartedCall.objects.create(
        type=Call.Type.OUTBOUND,
        decision_id=plan.number_of_decision,
        customer=plan.wish.customer,
        created_at=at,
        by=order.by,
        key=order.key,
        request=order.request,
        number=plan.point.value,
        phone_number_id=plan.line.vapi_id,
        due_at=plan.due_at,
        **decided(plan.decision),
    )


def _ask(call: StartedCall, request: Object, vapi: Vapi) -> StartedCall:
    """Asks Vapi, once. Raises VapiError where the call was surely not placed; then the row is gone too."""
    refusal: VapiError | None = None
    with transaction.atomic():
        # Who asks again meanwhile is told to wait.
        if StartedCall.objects.select_for_update().filter(pk=call.pk).first() is None:
            raise NotAllowed("erased", "This customer was erased a moment ago.")
        try:
            placed = vapi.create_call(request)
        except VapiError as error:
            if error.in_doubt:
                _note(call, str(error))
                return call
            refusal = error
            call.delete()
        else:
            _keep_id(call, placed)
    if refusal:
        raise refusal
    return _recorded(call, placed, _metadata(request))


def _note(call: StartedCall, outcome: str) -> None:
    told = {"decision": call.decision_id, "called": masked(call.number), "line": call.line, "reason": call.reason}
    logger.info({"call": call.vapi_id, **told, "variant": call.variant, "by": call.by, "outcome": outcome})


def _reconciled(call: StartedCall) -> StartedCall:
    """With Vapi's id, where Vapi knows the call. Raises InProgress."""
    with transaction.atomic():
        try:
            call = StartedCall.objects.select_for_update(nowait=True).get(pk=call.pk)
        except StartedCall.DoesNotExist as error:  # Vapi has just refused it
            raise InProgress from error
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise InProgress from error
            raise
        if call.vapi_id or _told_by_vapi(call):
            return call
        if found := _found_at_vapi(call):
            _keep_id(call, found)
    return _recorded(call, found, _metadata(found)) if found else call


def _told_by_vapi(call: StartedCall) -> bool:
    """Whether one of Vapi's messages has begun the call's record by now; keeps its id then."""
    told = Call.objects.filter(customer=call.customer_id, decision_id=call.decision_id).first()
    if told is None:
        return False
    call.vapi_id = told.vapi_id
    call.save(update_fields=["vapi_id"])
    return True


def _found_at_vapi(call: StartedCall) -> Object | None:
    since, before = call.created_at - _EARLIER, call.created_at + _LATER
    try:
        with connected(patience_s=0) as vapi:
            calls = vapi.list_calls(since=since, before=before, phone_number_id=call.phone_number_id)
            return next((each for each in calls if _is_of(call, each)), None)
    except VapiError:
        return None


def _is_of(call: StartedCall, found: Object) -> bool:
    return number_of(str(_metadata(found).get("decisionId", ""))) == call.decision_id


def _metadata(call: Object) -> Object:
    """What stands in the metadata of a call at Vapi, or of the request for one."""
    overrides: Any = call.get("assistantOverrides") or call.get("squadOverrides")
    metadata = overrides.get("metadata") if isinstance(overrides, dict) else None
    return metadata if isinstance(metadata, dict) else {}


def _keep_id(call: StartedCall, placed: Object) -> None:
    call.vapi_id = placed["id"]
    call.save(update_fields=["vapi_id"])
    _note(call, "placed")


def _recorded(call: StartedCall, placed: Object, metadata: Object) -> StartedCall:
    """Begins the call's record; not while the row is locked, for which somebody who has the record's lock may wait."""
    record(
        CallNews(
            vapi_id=call.vapi_id,
            told_at=call.created_at,
            type=Call.Type.OUTBOUND.value,
            status=str(placed.get("status") or "queued")[:40],
            number=call.number,
            line=call.line,
            customer_id=call.customer.public_id,
            proven=True,
            decision_id=call.decision_id,
            metadata=without_card_numbers(unsigned(metadata)),
        )
    )
    return call
