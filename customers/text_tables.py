"""Reading tables that are text: encoding, delimiter, header, and rows with the physical line on which each starts."""

import codecs
import csv
import io
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple, TextIO

from customers.table_rows import Row, UnreadableTable, trimmed_header

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with BOM",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}
_LINE_ENDS = {"\r\n": "CRLF", "\n": "LF", "\r": "CR"}
_WITHOUT_CONTROLS = dict.fromkeys(set(range(32)) - set(map(ord, "\t\n\v\f\r")))


@dataclass(slots=True)
class TextTable:
    """A file that was looked at and can be read, any number of times, a row at a time.

    `name` is what people call it, `header` the column names without blanks around them.
    """

    path: Path
    name: str
    encoding: str
    delimiter: str
    line_ends: tuple[str, ...]
    header: list[str] = field(default_factory=list)
    _stream: BinaryIO | None = None

    def rows(self) -> Generator[Row, None, None]:
        """All rows behind the header that are not blank; raises UnreadableTable at an unclosed quotation mark."""
        with closing(self._records()) as records:
            next(records, None)
            yield from records

    @property
    def share_read(self) -> float:
        """How much of the file the last call of rows() has read, from 0 to 1."""
        if self._stream is None or self._stream.closed:
            return 1.0
        return self._stream.tell() / max(1, self.path.stat().st_size)

    def __str__(self) -> str:
        """What was detected, as in “a.csv: UTF-8, separated by commas, LF line ends, 7 columns”."""
        ends = f", {' and '.join(self.line_ends)} line ends" if self.line_ends else ""
        columns = f"{len(self.header)} column{'' if len(self.header) == 1 else 's'}"
        return f"{self.name}: {_ENCODINGS[self.encoding]}, separated by {_DELIMITERS[self.delimiter]}{ends}, {columns}"

    def read_header(self) -> list[str]:
        """The column names, without blanks around them and without nameless columns at the end."""
        with closing(self._records()) as records:
            first = next(records, None)
        if first is None:
            raise UnreadableTable(f"{self.name} is empty: it needs a first line with the names of its columns.")
        return trimmed_header(first.cells)

    def _records(self) -> Generator[Row, None, None]:
        with self.path.open("rb") as stream, io.TextIOWrapper(stream, self.encoding, newline="") as lines:
            self._stream = stream
            yield from _records(lines, self.delimiter, self.name)


def open_text_table(path: Path, name: str, sample: bytes) -> TextTable:
    """The table in a file that begins with `sample`; raises UnreadableTable where it is no text, and OSError."""
    with path.open("rb") as stream:
        encoding = _detect_encoding(stream, sample, name)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    table = TextTable(path, name, encoding, _detect_delimiter(text), _line_ends(text))
    table.header = table.read_header()
    return table


def _records(lines: TextIO, delimiter: str, name: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            # Excel's own hint about the delimiter is not a row.
            if any(map(str.strip, cells)) and not (start == 1 and _announced_delimiter("".join(cells))):
                yield Row(start, cells)
            start = reader.line_num + 1
    except csv.Error as error:
        if "larger than" in str(error):
            sentence = f"a cell holds more than {csv.field_size_limit():,} characters. Is a quotation mark not closed?"
        else:
            sentence = (
                "a quotation mark is opened and not closed where the cell ends. "
                'Close it, or write two of them ("") where one belongs to the text.'
            )
        raise UnreadableTable(f"{name}, line {start}: {sentence}") from error


def _detect_encoding(stream: BinaryIO, sample: bytes, name: str) -> str:
    """The encoding of the whole file, which is read once: its first byte that is not ASCII may stand far behind."""
    encoding = _obvious_encoding(sample)
    if _is_binary(codecs.getincrementaldecoder(encoding)("replace").decode(sample)):
        raise UnreadableTable(f"{name} is not a text file: export the customers as CSV.")
    failure = _first_failure(stream, encoding)
    if failure is None:
        return encoding
    if encoding == "utf-8" and not failure.after_others and _first_failure(stream, "cp1252") is None:
        return "cp1252"
    raise UnreadableTable(
        f"{name}, line {failure.line}: a character is damaged, though the file is {_ENCODINGS[encoding]} up to there. "
        "Save it as “CSV UTF-8” again."
    )


def _obvious_encoding(sample: bytes) -> str:
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if even + odd > len(sample) // 4:
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8"


def _is_binary(text: str) -> bool:
    """Whether there are more control characters than could have slipped into a text."""
    return len(text) - len(text.translate(_WITHOUT_CONTROLS)) > len(text) // 100 + 1


class _Failure(NamedTuple):
    """Where the file stops being in an encoding, and whether other characters than ASCII stood before."""

    line: int
    after_others: bool


def _first_failure(stream: BinaryIO, encoding: str) -> _Failure | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    line, others = 1, False
    while True:
        chunk = stream.read(1024 * 1024)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            good = error.object[: error.start]
            return _Failure(line + good.count(b"\n"), others or not good.isascii())
        if not chunk:
            return None
        line += text.count("\n")
        others = others or not text.isascii()


def _detect_delimiter(text: str) -> str:
    """The one that Excel announces (`sep=;`), else the one that splits the header into most columns."""
    first = text.lstrip("\ufeff").lstrip().splitlines()[:1]
    if first and (announced := _announced_delimiter(first[0])):
        return announced
    return max(_DELIMITERS, key=lambda delimiter: len(_first_record(text, delimiter)))


def _announced_delimiter(line: str) -> str | None:
    start, _, delimiter = line.strip('"\r\n').partition("=")
    if start.lower() != "sep":
        return None
    return delimiter if delimiter in _DELIMITERS else "," if not delimiter else None


def _first_record(text: str, delimiter: str) -> list[str]:
    try:
        return next((cells for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if cells), [])
    except csv.Error:
        return []


def _line_ends(text: str) -> tuple[str, ...]:
    rest = text.replace("\r\n", "")
    found = {"\r\n": "\r\n" in text, "\n": "\n" in rest, "\r": "\r" in rest.removesuffix("\r")}
    return tuple(_LINE_ENDS[end] for end, there in found.items() if there)
