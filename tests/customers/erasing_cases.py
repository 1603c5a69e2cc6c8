"""Somebody to erase, with calls, and a look at what is left."""

from datetime import UTC, datetime, timedelta

from django.db import connection

from customers import history
from customers.erasing import Receipt, erase_customer
from customers.models import Call, Customer
from customers.spool import Spool

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PERSONAL = {
    "number": "+13035550101",
    "summary": "Ada asked for tea.",
    "success": "Ada was happy",
    "structured_data": {"name": "Ada"},
    "transcript": "User: I am Ada.",
    "metadata": {"customerName": "Ada Example"},
}


def call(vapi_id: str, **facts: object) -> Call:
    return Call.objects.create(vapi_id=vapi_id, created_at=NOW - timedelta(hours=1), **PERSONAL | facts)


def delete(person: Customer) -> int:
    """Deletes as the admin does; gives the key."""
    key = person.pk
    history.record(key, by=None, at=NOW - timedelta(days=1), what=history.DELETED)
    person.delete()
    return key


def erase(spool: Spool, public_id: str = "c001") -> Receipt:
    return erase_customer(public_id, spool=spool, by="sam", at=NOW)


def everything_stored() -> str:
    """All text in all tables, but the catalogue's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(f"SELECT string_agg(t::text, ' ') FROM {name} AS t" for name in tables))
        return " ".join(text for (text,) in cursor.fetchall() if text)
