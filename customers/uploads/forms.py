"""What staff say when they hand in a file, and what its columns are."""

from collections.abc import Iterator, Sequence
from typing import Any

import phonenumbers
from babel import Locale
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanWidget

from customers.columns import ATTRIBUTES, FIELDS, IGNORED
from customers.models import Upload
from customers.uploads.receiving import MOST_BYTES

_DATE_FORMATS = (
    ("", "2026-04-30"),
    ("%d/%m/%Y", "30/04/2026 (day first)"),
    ("%m/%d/%Y", "04/30/2026 (month first)"),
    ("%d.%m.%Y", "30.04.2026"),
    ("%d-%m-%Y", "30-04-2026"),
    ("%d/%m/%y", "30/04/26 (day first)"),
    ("%m/%d/%y", "04/30/26 (month first)"),
)


def _regions() -> list[tuple[str, str]]:
    names = Locale("en").territories
    regions = [(code, f"{names.get(code, code)} (+{_calling_code(code)})") for code in phonenumbers.SUPPORTED_REGIONS]
    return sorted(regions, key=lambda region: region[1])


def _calling_code(region: str) -> int:
    return phonenumbers.country_code_for_region(region)


class UploadForm(forms.ModelForm):
    """A file of customers, and how it is to be read."""

    file = forms.FileField(
        label="File",
        help_text="CSV or TSV in any encoding, or an Excel workbook (XLSX), up to 32 MB.",
        widget=UnfoldAdminFileFieldWidget({"accept": ".csv,.tsv,.txt,.xlsx,text/csv"}),
    )
    region = forms.ChoiceField(
        label="Country of numbers without a country code", choices=_regions, widget=UnfoldAdminSelectWidget
    )
    date_format = forms.ChoiceField(
        label="How dates are written",
        choices=_DATE_FORMATS,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="2026-04-30 is always understood.",
    )
    deactivate_missing = forms.BooleanField(
        label="Make customers inactive who are not in the file",
        required=False,
        widget=UnfoldBooleanWidget,
        help_text="For files that hold everybody. You will see how many before anything happens.",
    )

    class Meta:
        model = Upload
        fields = ("region", "date_format", "unknown_columns", "only", "deactivate_missing")
        labels = {"unknown_columns": "Columns with names we do not know", "only": "What rows may do"}
        help_texts = {"only": "Customers who exist are left as they are, or rows of others are rejected."}
        widgets = {"unknown_columns": UnfoldAdminSelectWidget, "only": UnfoldAdminSelectWidget}

    def __init__(self, data: Any = None, files: Any = None, *, like: Upload | None = None) -> None:
        """`like` is an earlier upload whose choices are offered again."""
        chosen = {name: getattr(like, name) for name in self.Meta.fields} if like else {}
        super().__init__(data, files, initial={"region": settings.DEFAULT_REGION, **chosen})

    def clean_file(self) -> UploadedFile:
        """A file of a size that a page can take."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                "The file is larger than 32 MB, which no page takes: save it in parts, or import it with the command "
                "manage.py import_customers on the server."
            )
        return file

    def clean(self) -> dict[str, Any]:
        """What does not go together."""
        super().clean()
        if self.cleaned_data.get("only") == Upload.Only.CREATE and self.cleaned_data.get("deactivate_missing"):
            self.add_error("only", "Nobody can become inactive where customers who exist are left as they are.")
        return self.cleaned_data


class ColumnsForm(forms.Form):
    """For each column of a file: which field it is. Rows are (name in the file, what it is taken for)."""

    def __init__(self, columns: Sequence[dict[str, str]], data: Any = None) -> None:
        super().__init__(data)
        self._headers = [column["header"] for column in columns]
        for number, column in enumerate(columns):
            header, means = column["header"], column["means"]
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=header or f"(column {number + 1}, without a name)",
                choices=list(_meanings(header, means)),
                initial=means,
                widget=UnfoldAdminSelectWidget,
                error_messages={"required": "Say what this column is."},
            )

    @property
    def mapping(self) -> dict[str, str]:
        """The fields by column name."""
        return {header: self.cleaned_data[f"column-{number}"] for number, header in enumerate(self._headers)}


def _meanings(header: str, means: str) -> Iterator[tuple[str, Any]]:
    if not means:
        yield "", "Choose …"
    own = means if means.startswith(f"{ATTRIBUTES}.") else f"{ATTRIBUTES}.{header}"
    if header:
        yield own, f"attribute “{own.removeprefix(f'{ATTRIBUTES}.')}”"
    yield IGNORED, "leave this column aside"
    yield "Fields", [(field, field) for field in FIELDS]
