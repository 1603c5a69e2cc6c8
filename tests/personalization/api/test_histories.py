"""What the API did stands in the customers' histories, with the key's name."""

from customers.history import read_history
from customers.models import Customer
from tests.conftest import customer
from tests.customers.test_merging import merged
from tests.personalization.api.conftest import Api


def told(pk: int) -> list[tuple[str, list[str]]]:
    return [(entry.what, [each.label for each in entry.differences]) for entry in read_history(pk).entries]


def test_who_added_and_changed_whom(api: Api) -> None:
    api.put("/api/customers/c001", {"name": "Ada", "phones": ["+13035550101"]})
    api("PATCH", "/api/customers/c001", {"tier": "gold"})
    api("PATCH", "/api/customers/c001", {"tier": "gold"})
    assert told(Customer.objects.get().pk) == [
        ("Changed by the API key “CRM”", ["account type"]),
        ("Added by the API key “CRM”", ["external id", "name", "phone number"]),
    ]


def test_what_was_there_before_is_kept_first(api: Api, ada: Customer) -> None:
    api("PATCH", "/api/customers/c001", {"tier": "silver"})
    assert [what for what, _ in told(ada.pk)] == ["Changed by the API key “CRM”", "First known state"]


def test_an_earlier_id_means_who_was_merged(api: Api, ada: Customer) -> None:
    merged(ada, customer("c009", "A. Example"))
    answer = api.put("/api/customers/c009", {"name": "Ada Byron"})
    assert (answer.status, answer.json["external_id"], answer.json["name"]) == (200, "c001", "Ada Byron")
    assert api("POST", "/api/customers", {"external_id": "c009"}).status == 409
