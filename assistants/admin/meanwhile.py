"""Two people who edit one row at once: the later save does not silently overwrite the earlier one."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.models import _get_foreign_key, model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import Truncator
from unfold.admin import ModelAdmin

from assistants.admin.records import last_record, records_after
from customers.primary_keys import as_pk
from customers.vanished_rows import without_vanished_rows

# The form's hidden field: the row's fingerprint as it was when the form was opened, and its last record's number.
FIELD = "opened_as"

_MOST_CHARACTERS = 300
_MOST_ROWS = 5
_OVERTAKEN = "overtaken"


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
        return without_vanished_rows(super().get_formset_kwargs(request, obj, inline, prefix), prefix)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """With what the row is now, so that saving once more is a decision."""
        if row := context.get("original"):
            context[FIELD] = f"{self._of(row)} {last_record(row)}"
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Shows the list anew where somebody else has changed what was changed there: its rows may have moved."""
        response: HttpResponse = super().changelist_view(request, extra_context)
        if overtaken := _overtaken(response):
            more = f" and {len(overtaken) - _MOST_ROWS} more" if len(overtaken) > _MOST_ROWS else ""
            rows = ", ".join(overtaken[:_MOST_ROWS])
            messages.error(
                request, f"Nothing is saved: meanwhile somebody else changed {rows}{more}. This is the list now."
            )
            return redirect(request.get_full_path())
        return response

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """A row of the list, which complains if somebody else has changed it."""
        return super().get_changelist_form(request, **{"form": _ListRow, **kwargs})

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Saves from the list only what was changed there, not what the list had shown of the rest."""

        def field_for(db_field: Any, **options: Any) -> Any:
            field = self.formfield_for_dbfield(db_field, request, **options)
            field.show_hidden_initial = True
            field.disabled = db_field.name in self.get_readonly_fields(request)
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


class _ListRow(forms.ModelForm):
    """What may be changed of a row without opening it."""

    def add_initial_prefix(self, field_name: str) -> str:
        """The name of what the page had shown: dragging writes into every input that ends with the order's name."""
        return f"{self.add_prefix(field_name)}-shown"

    def clean(self) -> Any:
        """Complains where somebody changed the same otherwise after the list was opened."""
        cleaned = super().clean()
        for name in self.changed_data:
            shown, stored = self.data.get(self.add_initial_prefix(name)), self.initial.get(name)
            if shown not in {None, str(stored)} and self.cleaned_data.get(name) != stored:
                self.add_error(name, ValidationError(f"“{self.instance}” ({name} {stored})", code=_OVERTAKEN))
        return cleaned


def _overtaken(response: HttpResponse) -> list[str]:
    """The rows of a list that somebody else has changed, if the list was to be saved."""
    shown = response.context_data if isinstance(response, TemplateResponse) else None
    formset = shown["cl"].formset if shown and "cl" in shown else None
    errors = [error for form in formset or () for each in form.errors.as_data().values() for error in each]
    return [error.message for error in errors if error.code == _OVERTAKEN]


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
            who = _who(self.instance, as_pk(number) or 0)
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
