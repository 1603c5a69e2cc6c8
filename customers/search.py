"""Finding a customer by what somebody has at hand: a number in any spelling, an id, an e-mail, a piece of the name."""

from django.db.models import Q
from django.db.models.functions import Lower

from customers.models import CustomerQuerySet
from customers.phone_numbers import plain, read_caller

# Who finds more than this many has not said enough to find anybody.
MOST_FOUND = 1_000


def find_customers(customers: CustomerQuerySet, term: str, *, region: str) -> CustomerQuerySet:
    """Those of `customers` whom `term` means; a number without a country code is read as dialled in `region`.

    A whole id, e-mail or number finds whoever has it and ends the search. Anything else is looked for at the
    beginning of external ids and anywhere in names (each word) and e-mails. At most MOST_FOUND are found.
    """
    words = plain(term)
    if not words:
        return customers
    found = _with_exactly(customers, words, region) or _with_something_like(customers, words)
    return customers.filter(pk__in=found)


def _with_exactly(customers: CustomerQuerySet, words: str, region: str) -> set[int]:
    """One indexed look-up after another: joined by OR they would read the whole table."""
    keys = read_caller(numbers=[words], sip_uris=[], region=region).keys
    return (
        _first(customers.with_public_id(words))
        | _first(customers.alias(address=Lower("email")).filter(address=words.lower()))
        | _first(customers.filter(contact_points__value__in=keys))
    )


def _with_something_like(customers: CustomerQuerySet, words: str) -> set[int]:
    name = Q(*(("name__icontains", word) for word in words.split()))
    return _first(customers.filter(external_id__startswith=words)) | _first(
        customers.filter(name | Q(email__icontains=words))
    )


def _first(customers: CustomerQuerySet) -> set[int]:
    return set(customers.order_by().values_list("pk", flat=True)[:MOST_FOUND])
