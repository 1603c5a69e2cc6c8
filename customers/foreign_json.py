"""JSON that others wrote (plain Python, no Django): a broken character in it is no reason to lose the rest."""

import json
from typing import Any, NoReturn

import orjson

_BOM = b"\xef\xbb\xbf"


class TooDeep(ValueError):
    """It is nested too deeply."""


def loads(body: bytes) -> Any:
    """JSON text in UTF-8 as Python values. Raises TooDeep, or ValueError with what is wrong.

    Python's own parser has a second look at what orjson refuses (a byte order mark, lone surrogates), since a
    report with a broken character in its transcript is still a report.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        refusal = str(error)
    try:
        return _without_surrogates(json.loads(body.removeprefix(_BOM).decode(), parse_constant=_refuse_constant))
    except RecursionError:
        raise TooDeep from None
    except ValueError:
        raise ValueError(refusal) from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _without_surrogates(value: Any) -> Any:
    """`value` with lone surrogates, which no database stores, replaced; infinities are refused."""
    match value:
        case str():
            return value if value.isascii() else value.encode("utf-8", "replace").decode()
        case list():
            return [_without_surrogates(item) for item in value]
        case dict():
            return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
        case float() if value in {float("inf"), float("-inf")}:
            raise ValueError("a number is too large")
        case _:
            return value
