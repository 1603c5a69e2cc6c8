"""The page that has a customer called: the consent, what speaks against it, and the same steps as the API's."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget

from assistants import live
from assistants.models import OutboundPolicy
from assistants.outbound_calls import InProgress, Order, OtherRequest, place_call
from assistants.outbound_customer import NotTheirNumber
from assistants.outbound_permission import NotAllowed
from assistants.outbound_plan import NO_LINE, TALKING, Wish, plan_call
from assistants.starting import UnknownName
from assistants.vapi import VapiError
from customers import admin_pages
from customers.admin_pages import demand, pk_in
from customers.local_copy.file import CopyUnusable
from customers.models import Customer, StartedCall

PERMISSION = "customers.start_call"
_BY_RULES = ("", "by the rules")


class CallForm(forms.Form):
    """On which line, at which number, and who talks; `key` makes a second click the same call."""

    phone = forms.ChoiceField(label="Number", widget=UnfoldAdminSelectWidget)
    line = forms.ChoiceField(label="From the line", widget=UnfoldAdminSelectWidget)
    variant = forms.ChoiceField(label="Who talks", required=False, widget=UnfoldAdminSelectWidget)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, customer: Customer, ruleset: Any, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid4()})
        lines = [line.name for line in ruleset.lines if line.vapi_id]
        talking = sorted(variant.name for variant in ruleset.variants.values() if variant.kind in TALKING)
        self._offer("phone", [point.value for point in customer.contact_points.all()])
        self._offer("line", lines)
        self._offer("variant", talking, _BY_RULES)

    def _offer(self, name: str, values: list[str], *before: tuple[str, str]) -> None:
        field: Any = self.fields[name]
        field.choices = [*before, *((value, value) for value in values)]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would happen now: why nobody may be called (empty: it is allowed), and who would talk."""

    obstacle: str
    variant: str = ""
    reason: str = ""

    @property
    def button(self) -> dict[str, str]:
        """What the button needs besides; other lines or numbers may be chosen, but for no line at all."""
        return {"disabled": "disabled"} if self.obstacle == NO_LINE else {}


def address(customer: int) -> str:
    """Where a customer is called."""
    return f"{reverse('admin:call_customer')}?customer={customer}"


def page(request: HttpRequest) -> HttpResponse:
    """What a call would be; and, when that is confirmed, has Vapi call."""
    demand(request, PERMISSION, "customers.view_customer")
    customer = get_object_or_404(Customer, pk=pk_in(request, "customer"))
    try:
        now = live.current()
    except CopyUnusable:
        messages.error(request, "This server has nothing to decide by yet: try again in a moment.")
        return redirect("admin:customers_customer_change", customer.pk)
    form = CallForm(customer, now.ruleset, request.POST or None)
    if request.method == "POST" and form.is_valid() and (call := _placed(request, form, customer, now)):
        messages.success(request, f"Vapi calls {customer} at {call.number} (call {call.vapi_id}).")
        return redirect("admin:customers_customer_change", customer.pk)
    return _shown(request, form, customer, now)


def _placed(request: HttpRequest, form: CallForm, customer: Customer, now: live.Live) -> StartedCall | None:
    """The call; None, with a message, where there is none or it is not known whether."""
    asked = {name: form.cleaned_data[name] for name in ("phone", "line", "variant")}
    order = Order.of(f"admin {form.cleaned_data['key']}", f"{customer.pk} {asked}".encode(), by=str(request.user))
    try:
        call = place_call(Wish(customer, **asked), order, live=now, at=timezone.now())
    except (NotAllowed, UnknownName, NotTheirNumber, VapiError) as error:
        messages.error(request, str(error))
    except InProgress:
        messages.warning(request, "This very call is being placed at this moment: wait, and do not call again.")
    except OtherRequest:
        messages.error(request, "This page was used for another call already: open it anew.")
    else:
        if call.vapi_id:
            return call
        messages.warning(
            request, "Vapi gave no answer and may be calling: press Call to look again; it never calls twice."
        )
    return None


def _shown(request: HttpRequest, form: CallForm, customer: Customer, now: live.Live) -> HttpResponse:
    return admin_pages.page(
        request,
        "assistants/call_customer.html",
        title=f"Call {customer}",
        customer=customer,
        form=form,
        outlook=_outlook(customer, form, now),
    )


def _outlook(customer: Customer, form: CallForm, now: live.Live) -> Outlook:
    """Judged by the first line and number, which are chosen unless somebody chooses others."""
    line = next((value for value, _ in form.fields["line"].choices), "")  # type: ignore[attr-defined]
    if not line:
        return Outlook(NO_LINE)
    wish = Wish(customer, line=form.data.get("line", line), phone=form.data.get("phone", ""))
    try:
        plan = plan_call(wish, live=now, policy=OutboundPolicy.get(), at=timezone.now())
    except (NotAllowed, UnknownName, NotTheirNumber) as error:
        return Outlook(str(error))
    return Outlook("", plan.decision.variant.name if plan.decision.variant else "", plan.decision.reason)
