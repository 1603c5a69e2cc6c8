"""Rows of a form inside another form, of which no two may hold the same."""

from collections.abc import Hashable
from typing import ClassVar

from unfold.forms import PaginationInlineFormSet


class DistinctRows(PaginationInlineFormSet):
    """Where two rows hold the same in the field `distinct`, the later one says `repeated` at that field."""

    distinct: ClassVar[str]
    repeated: ClassVar[str]

    def clean(self) -> None:
        """Compares all rows that stay; the rows' own forms know nothing of one another."""
        super().clean()
        seen: set[Hashable] = set()
        for form in self.forms:
            value = None if form in self.deleted_forms else form.cleaned_data.get(self.distinct)
            if value in seen:
                form.add_error(self.distinct, self.repeated)
            elif value is not None:
                seen.add(value)
