"""Filling in the admin's forms as a browser does: what the page shows, with a few changes, is posted back."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.forms import BaseForm, BoundField
from django.test import Client


def signed_in(client: Client) -> Client:
    """The client as a superuser; without a password, since hashing one takes longer than a test."""
    client.force_login(User.objects.create(username="sam", is_staff=True, is_superuser=True))
    return client


def save(client: Client, url: str, changes: Mapping[str, Any]) -> Any:
    """Opens the form at `url`, makes the changes (names as in the page, `variables-0-name` for rows), and saves."""
    return client.post(url, _with_row_counts(posted(client.get(url)) | dict(changes)))


def posted(page: Any) -> dict[str, Any]:
    """What a browser posts of the page as it shows it."""
    return {name: value for form in _forms(page) for field in form for name, value in _posted(field)}


def mistakes(page: Any) -> dict[str, str]:
    """What a form that was not saved complains of: field → sentences; a whole table's stand under its prefix."""
    assert page.status_code == 200, "it was saved"
    forms = [form for form in _forms(page) if hasattr(form, "instance")]
    found = {
        form.add_prefix(name): " ".join(map(str, errors)) for form in forms for name, errors in form.errors.items()
    }
    tables = [inline.formset for inline in page.context["inline_admin_formsets"]]
    return found | {table.prefix: " ".join(table.non_form_errors()) for table in tables if table.non_form_errors()}


def sentences(response: Any) -> str:
    """What the admin says above the next page."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def _forms(page: Any) -> Iterator[BaseForm]:
    yield page.context["adminform"].form
    for inline in page.context["inline_admin_formsets"]:
        yield inline.formset.management_form
        yield from inline.formset.forms


def _posted(field: BoundField) -> Iterator[tuple[str, Any]]:
    if field.field.show_hidden_initial:
        yield field.html_initial_name, field.value()
    for name, value in _values(field):
        if value is True:
            yield name, "on"
        elif value not in (None, "") and value is not False:
            yield name, value


def _values(field: BoundField) -> Iterator[tuple[str, Any]]:
    widget: Any = field.field.widget
    if hasattr(widget, "decompress"):  # a date and a time, each in its own box
        for suffix, value in zip(widget.widgets_names, widget.decompress(field.value()), strict=True):
            yield field.html_name + suffix, value
    else:
        yield field.html_name, field.value()


def _with_row_counts(data: dict[str, Any]) -> dict[str, Any]:
    """A row that was added counts."""
    for counter in [name for name in data if name.endswith("-TOTAL_FORMS")]:
        prefix = counter.removesuffix("TOTAL_FORMS")
        rows = {name.removeprefix(prefix).split("-")[0] for name in data if name.startswith(prefix)}
        data[counter] = sum(row.isdecimal() for row in rows)
    return data
