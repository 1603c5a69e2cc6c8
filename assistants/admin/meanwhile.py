"""Two people who edit one row at once: the later save does not silently overwrite the earlier one."""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.models import _get_foreign_key, model_to_dict
from django.http import HttpRequest
from django.utils.text import Truncator
from unfold.admin import ModelAdmin

from assistants.admin.records import last_record, records_after

# The form's hidden field: the row's fingerprint as it was when the form was opened, and its last record's number.
FIELD = "opened_as"

_MOST_CHARACTERS = 300


class NeverOverwrites(ModelAdmin):
    """A form that is refused once, with who changed what, where its row changed after the form was opened."""

    change_form_before_template = "assistants/opened_as.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which complains if the row is no longer what the page showed."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None or FIELD not in request.POST:
            return form
        facts = {"opened_as": request.POST[FIELD], "fingerprint": self._of, "rows_in_words": self._rows_in_words}
        return type(form.__name__, (_Meanwhile, form), facts)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """Shows the rows as they are stored where somebody removed one that the page still had: it cannot be saved."""
        facts: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if _has_vanished_rows(facts, prefix):
            del facts["data"], facts["files"]
        return facts

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """With what the row is now, so that saving once more is a decision."""
        if row := context.get("original"):
            context[FIELD] = f"{self._of(row)} {last_record(row)}"
        return super().render_change_form(request, context, *args, **kwargs)

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Saves from the list only the switches that were thrown there, not what the list had shown of the others."""

        def field_for(db_field: Any, **options: Any) -> Any:
            field = self.formfield_for_dbfield(db_field, request, **options)
            # Dragging writes into every input of the order's name, hidden ones too.
            field.show_hidden_initial = db_field.name != self.ordering_field
            return field

        return super().get_changelist_formset(request, formfield_callback=field_for, **kwargs)

    def _of(self, row: Model, *, locked: bool = False) -> str:
        rows_of_kind = type(row)._default_manager
        stored = (rows_of_kind.select_for_update() if locked else rows_of_kind).get(pk=row.pk)
        rows = [model_to_dict(each) for each in (stored, *self._rows_of(stored))]
        return hashlib.sha256(orjson.dumps(rows, default=str)).hexdigest()[:32]

    def _rows_of(self, row: Model) -> Iterator[Model]:
        for inline in self.inlines:
            key: Any = _get_foreign_key(type(row), inline.model)
            yield from inline.model._default_manager.filter(**{key.name: row}).order_by("pk")

    def _rows_in_words(self, row: Model) -> str:
        return "; ".join(f"{each._meta.verbose_name} “{each}”" for each in self._rows_of(row))


def _has_vanished_rows(facts: dict[str, Any], prefix: str) -> bool:
    is_number = re.compile(rf"{re.escape(prefix)}-\d+-id").fullmatch
    numbers = {value for name, value in facts.get("data", {}).items() if is_number(name) and value.isdecimal()}
    return bool(facts["queryset"].filter(pk__in=numbers).count() < len(numbers))


class _Meanwhile(forms.ModelForm):
    """The part of a form that complains."""

    opened_as: str
    fingerprint: Callable[..., str]
    rows_in_words: Callable[[Model], str]

    def clean(self) -> Any:
        """As the form does; then says who changed the row meanwhile, and what is stored now where that differs."""
        cleaned = super().clean()
        fingerprint, _, number = self.opened_as.partition(" ")
        if self.fingerprint(self.instance, locked=True) != fingerprint:
            who = _who(self.instance, int(number) if number.isdecimal() else 0)
            raise ValidationError([who, *self._stored(), "Save once more to keep what stands below instead."])
        return cleaned

    def _stored(self) -> Iterator[str]:
        stored = type(self.instance)._default_manager.get(pk=self.instance.pk)
        for name in self.changed_data:
            yield f"{self.fields[name].label or name} is stored as: {_in_words(getattr(stored, name))}."
        if rows := self.rows_in_words(stored):
            yield f"Its rows are stored as: {rows}."


def _in_words(value: Any) -> str:
    words = ", ".join(map(str, value.all())) if hasattr(value, "all") else str(value or "nothing")
    return Truncator(words).chars(_MOST_CHARACTERS)


def _who(row: Model, number: int) -> str:
    records = [f"{record.user} ({record.get_change_message()})" for record in records_after(row, number)]
    changed = ", then by ".join(reversed(records)) or "somebody"
    return f"Nothing is saved yet: this {row._meta.verbose_name} was changed after you opened it, by {changed}."
