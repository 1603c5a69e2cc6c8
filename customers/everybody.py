"""Everybody who could call and be recognised, in the order of their numbers, or an even sample of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Value

from customers.models import ContactPoint, Customer

MOST_ASKED = 100_000
MOST_ADDRESSES = 5
_PAGE = 100

# Steps of the golden ratio round a circle, cut into 2³² parts: whichever ids are in use, those that land in a part
# of the circle are as many as the part is large (Knuth, TAOCP volume 3, 6.4: Fibonacci hashing).
_CIRCLE = 2**32
_STEP = 2_654_435_769
# The product must fit into PostgreSQL's bigint.
_LARGEST_FACTOR = 2**31


@dataclass(frozen=True, slots=True)
class Person:
    """A customer who could call: how staff know them, and the first MOST_ADDRESSES of their numbers and addresses."""

    pk: int
    name: str
    addresses: tuple[str, ...]


def count_everybody() -> int:
    """How many active customers have a number or an address to call from, the blocked ones too."""
    return _recognisable().count()


def everybody(*, total: int, after: int = 0) -> Iterator[Person]:
    """The customers behind the id `after`, page by page; of a `total` over MOST_ASKED about that many, evenly spread.

    The same total always gives the same sample, so it can be read in pieces.
    """
    people = _recognisable() if total <= MOST_ASKED else _sample(_recognisable(), share=MOST_ASKED / total)
    addresses = ContactPoint.objects.filter(customer=OuterRef("pk")).order_by("pk").values("value")
    rows = people.order_by("pk").values_list("pk", "name", "external_id", ArraySubquery(addresses[:MOST_ADDRESSES]))
    while page := list(rows.filter(pk__gt=after)[:_PAGE]):
        for pk, name, external_id, known in page:
            yield Person(pk, name or external_id or f"id:{pk}", tuple(known))
        after = page[-1][0]


def _recognisable() -> QuerySet[Customer]:
    return Customer.objects.filter(Exists(ContactPoint.objects.filter(customer=OuterRef("pk"))), active=True)


def _sample(people: QuerySet[Customer], *, share: float) -> QuerySet[Customer]:
    # psycopg would cut plain numbers of this size to 32 bits.
    largest, step, circle = (Value(n, BigIntegerField()) for n in (_LARGEST_FACTOR, _STEP, _CIRCLE))
    place = ExpressionWrapper(F("pk") % largest * step % circle, output_field=BigIntegerField())
    return people.alias(place=place).filter(place__lt=round(share * _CIRCLE))
