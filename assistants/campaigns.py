"""May somebody of a campaign be dialled at this moment? By what the copy knows, as Vapi waits for the answer."""

from datetime import datetime

from assistants.ruleset import LineSpec, Switches
from customers.directory import Caller, CallerStatus
from customers.phone_numbers import country_of


def may_be_dialled(*, contact: Caller, line: LineSpec | None, switches: Switches, at: datetime) -> bool:
    """Whether the contact is one customer who agreed to be called, in hours and a country that are allowed.

    The hours are by the customer's clock, else by that of the line from which Vapi calls; without either: no.
    """
    customer, hours = contact.customer, switches.calling_hours
    if contact.status is not CallerStatus.KNOWN or customer is None or hours is None:
        return False
    agreed = customer.agreed_to_calls is not None and customer.agreed_to_calls <= at
    zone = customer.timezone or (line.timezone if line else "")
    return (
        agreed
        and bool(zone)
        and country_of(contact.address.number) in switches.called_countries
        and hours.allow(at, zone)
    )
