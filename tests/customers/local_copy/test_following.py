"""A change by whatever means is in force within two seconds of its commit."""

import random
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from customers.directory import CallerStatus, find_caller
from customers.local_copy import source
from customers.models import ContactPoint, Customer
from customers.phone_numbers import read_caller
from tests.conftest import customer
from tests.followers import in_copy, in_database
from tests.waiting import IN_FORCE_S, eventually

ADA = "+13035550101"


def status(number: str = ADA) -> CallerStatus:
    return find_caller(read_caller(numbers=[number], sip_uris=[], region="US")).status


def name(number: str = ADA) -> str:
    found = find_caller(read_caller(numbers=[number], sip_uris=[], region="US")).customer
    return found.name if found else ""


def other_connection() -> psycopg.Connection:
    """Somebody else's, in a transaction of its own."""
    settings = connection.settings_dict
    return psycopg.connect(
        host=settings["HOST"], port=settings["PORT"], user=settings["USER"], password=settings["PASSWORD"],
        dbname=settings["NAME"],
    )  # fmt: skip


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def by_copy() -> None:
    with connection.cursor() as cursor:
        with cursor.copy("COPY customers_customer (id, name, email, tier, language, timezone, tags, attributes, notes,"
                         " active, blocked) FROM STDIN") as copy:  # fmt: skip
            copy.write_row((900, "Bela", "", "", "", "", "{}", "{}", "", True, False))
        with cursor.copy(
            "COPY customers_contactpoint (customer_id, kind, value, extension, is_main_owner) FROM STDIN"
        ) as copy:
            copy.write_row((900, "phone", "+13035550102", "", False))


CHANGES: dict[str, tuple[Callable[[], object], Callable[[], bool]]] = {
    "saved by the ORM": (lambda: Customer.objects.get().save(), lambda: True),
    "renamed": (lambda: Customer.objects.update(name="Ada Lovelace"), lambda: name() == "Ada Lovelace"),
    "renamed by hand": (lambda: sql("UPDATE customers_customer SET name = 'A'"), lambda: name() == "A"),
    "blocked": (lambda: Customer.objects.update(blocked=True), lambda: status() == CallerStatus.BLOCKED),
    "by a role and path of its own": (
        lambda: sql(
            "CREATE ROLE clerk; GRANT UPDATE, SELECT ON customers_customer TO clerk; GRANT clerk TO CURRENT_USER;"
            "BEGIN; SET LOCAL ROLE clerk; SET LOCAL search_path = ''; UPDATE public.customers_customer SET name = 'A';"
            "COMMIT; DROP OWNED BY clerk; DROP ROLE clerk"
        ),
        lambda: name() == "A",
    ),
    "by replication": (
        lambda: sql("SET session_replication_role = replica; UPDATE customers_customer SET name = 'A';"
                    "RESET session_replication_role"),
        lambda: name() == "A",
    ),
    "made inactive": (lambda: Customer.objects.update(active=False), lambda: status() == CallerStatus.UNKNOWN),
    "deleted": (lambda: Customer.objects.all().delete(), lambda: status() == CallerStatus.UNKNOWN),
    "deleted by hand": (
        lambda: sql("DELETE FROM customers_contactpoint; DELETE FROM customers_customer"),
        lambda: status() == CallerStatus.UNKNOWN,
    ),
    "truncated": (lambda: sql("TRUNCATE customers_customer CASCADE"), lambda: status() == CallerStatus.UNKNOWN),
    "copied in": (by_copy, lambda: name("+13035550102") == "Bela"),
    "another number": (
        lambda: ContactPoint.objects.update(value="+13035550109"),
        lambda: (status(), name("+13035550109")) == (CallerStatus.UNKNOWN, "Ada Example"),
    ),
    "one more number": (
        lambda: ContactPoint.objects.create(customer=Customer.objects.get(), value="+13035550109"),
        lambda: name("+13035550109") == name() == "Ada Example",
    ),
    "a number less": (lambda: ContactPoint.objects.all().delete(), lambda: status() == CallerStatus.UNKNOWN),
}  # fmt: skip


@pytest.mark.parametrize(("change", "is_in_force"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_in_force_within_two_seconds(
    change: Callable[[], object], is_in_force: Callable[[], bool], ada: Customer, followed: Path
) -> None:
    assert name() == "Ada Example"
    change()
    eventually(is_in_force, seconds=IN_FORCE_S)
    eventually(lambda: in_copy() == in_database(), seconds=IN_FORCE_S)


def test_all_that_rules_may_ask_is_copied(followed: Path) -> None:
    facts = {
        "email": "zoe@example.com", "tier": "gold", "joined_on": date(2023, 4, 1), "language": "pt-BR",
        "timezone": "Europe/London", "tags": ["vip", "a, b"], "attributes": {"seats": 12, "name": "Zoë “Z” \U0001f600"},
    }  # fmt: skip
    customer(None, "Zoë", "+13035550103", **facts)
    eventually(lambda: name("+13035550103") == "Zoë", seconds=IN_FORCE_S)
    found = find_caller(read_caller(numbers=["+13035550103"], sip_uris=[], region="US")).customer
    assert found
    assert {name: getattr(found, name) for name in facts} == facts | {"tags": ("vip", "a, b")}
    assert found.id == f"id:{found.pk}"


def test_a_number_that_json_cannot_carry_costs_the_attributes_only(ada: Customer, followed: Path) -> None:
    sql("""UPDATE customers_customer SET name = 'Huge', attributes = '{"n": 1e400, "m": 1e5000}'""")
    eventually(lambda: name() == "Huge", seconds=IN_FORCE_S)


def test_a_long_transaction_hides_nobody_else_s_change(ada: Customer, followed: Path) -> None:
    with other_connection() as long:
        long.execute("INSERT INTO customers_copynote (how_many, customers) VALUES (0, '{}')")
        Customer.objects.update(name="Ada now")
        eventually(lambda: name() == "Ada now", seconds=IN_FORCE_S)
        long.execute("UPDATE customers_contactpoint SET value = '+13035550108'")
        Customer.objects.filter(pk=ada.pk).update(tier="gold")
        eventually(lambda: in_copy() == in_database(), seconds=IN_FORCE_S)
        long.commit()
        eventually(lambda: name("+13035550108") == "Ada now", seconds=IN_FORCE_S)


def test_who_commits_later_than_one_who_began_later_is_not_missed(ada: Customer, followed: Path) -> None:
    bob = customer("bob", "Bob", "+13035550102")
    with other_connection() as early, other_connection() as late:
        early.execute("UPDATE customers_customer SET name = 'Early' WHERE id = %s", [ada.pk])
        late.execute("UPDATE customers_customer SET name = 'Late' WHERE id = %s", [bob.pk])
        late.commit()
        eventually(lambda: name("+13035550102") == "Late", seconds=IN_FORCE_S)
        early.commit()
        eventually(lambda: name() == "Early", seconds=IN_FORCE_S)


def test_what_is_rolled_back_changes_nothing(ada: Customer, followed: Path) -> None:
    before = in_copy()
    with other_connection() as undecided:
        undecided.execute("UPDATE customers_customer SET name = 'Nobody'")
        undecided.rollback()
    Customer.objects.update(tier="silver")
    eventually(lambda: in_copy() != before, seconds=IN_FORCE_S)
    assert name() == "Ada Example"


def test_notes_that_came_with_a_dump_are_not_read_again_and_again(ada: Customer, followed: Path) -> None:
    sql(f"INSERT INTO customers_copynote (xid, how_many, customers) VALUES ('999999999999', 1, '{{{ada.pk}}}')")
    Customer.objects.update(name="Ada now")
    eventually(lambda: name() == "Ada now", seconds=IN_FORCE_S)
    now = source.look([], since=None).snapshot
    assert not source.look([], since=now).changed


def test_many_writers_at_once_leave_copy_and_database_equal(followed: Path) -> None:
    people = [customer(f"p{n}", f"P{n}", f"+1303555{n:04}") for n in range(40)]
    writers = [threading.Thread(target=_write_at_random, args=[[p.pk for p in people], seed]) for seed in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    eventually(lambda: in_copy() == in_database(), seconds=IN_FORCE_S)


def _write_at_random(ids: list[int], seed: int) -> None:
    """Two hundred changes in transactions that overlap and end in any order, some of them for nothing."""
    chance = random.Random(seed)
    with other_connection() as writer:
        for _ in range(80):
            for number in sorted(chance.sample(ids, 3)):
                writer.execute(chance.choice(_ANY_CHANGE), {"id": number, "text": str(chance.random())})
            time.sleep(chance.random() * 0.05)
            chance.choice([writer.commit, writer.commit, writer.rollback])()


_ANY_CHANGE = (
    "UPDATE customers_customer SET name = %(text)s WHERE id = %(id)s",
    "UPDATE customers_customer SET active = NOT active WHERE id = %(id)s",
    "DELETE FROM customers_contactpoint WHERE customer_id = %(id)s",
    "INSERT INTO customers_contactpoint (customer_id, kind, value, extension, is_main_owner)"
    " VALUES (%(id)s, 'trunk', 'x' || substr(md5(%(text)s), 1, 8), '', false)",
)
