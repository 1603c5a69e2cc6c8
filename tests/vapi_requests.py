"""What Vapi takes: names from its SDK, limits from its documentation."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pydantic
from vapi.phone_numbers import types as numbers

from assistants.vapi_schema import check_assistant, check_overrides, check_squad

_CHANGES: dict[str, Any] = {
    "byo-phone-number": numbers.UpdatePhoneNumbersRequestBody_ByoPhoneNumber,
    "twilio": numbers.UpdatePhoneNumbersRequestBody_Twilio,
    "vonage": numbers.UpdatePhoneNumbersRequestBody_Vonage,
    "vapi": numbers.UpdatePhoneNumbersRequestBody_Vapi,
    "telnyx": numbers.UpdatePhoneNumbersRequestBody_Telnyx,
}
# What limits a CreateCustomerDTO, beside its names (https://docs.vapi.ai/api-reference/calls/create).
_LONGEST = {"number": 40, "name": 40, "email": 40, "externalId": 40, "extension": 10}
_TARGETS = {"assistant", "assistantId", "squad", "squadId"}


class Refused(Exception):
    """Vapi's 400, with its reason."""


def check_change(kept: Mapping[str, Any], body: Any) -> None:
    """As Vapi's SDK would build it: the provider's own model, known names only, and a fallback that is one."""
    if not isinstance(body, dict) or body.get("provider") != kept["provider"]:
        raise Refused("provider is not this number's")
    checked = _CHANGES[body["provider"]].model_validate(body)
    for model in _models(checked):
        if model.model_extra:
            raise Refused(f"property {sorted(model.model_extra)} should not exist")
    if (seconds := (body.get("server") or {}).get("timeoutSeconds")) and not 1 <= seconds <= 300:
        raise Refused("server.timeoutSeconds must be from 1 to 300")


def check_call(body: Any) -> None:
    """As the SDK would build it: known names only, one target, one customer within the limits."""
    known = frozenset(_camel(name) for name in _arguments("calls", "create"))
    if unknown := body.keys() - known:
        raise Refused(f"property {sorted(unknown)} should not exist")
    if len(_TARGETS & body.keys()) != 1 or "phoneNumberId" not in body:
        raise Refused("Need one assistant or squad, and phoneNumberId")
    for what, check in (("assistant", check_assistant), ("squad", check_squad)):
        found = [*(check(body[what]) if what in body else ()), *check_overrides(body.get(f"{what}Overrides", {}))]
        if problems := [problem for problem in found if not problem.is_warning]:
            raise Refused(f"{what}: {problems[0]}")
    check_customer(body["customer"])


def check_customer(customer: Mapping[str, Any]) -> None:
    if unknown := customer.keys() - _fields("create_customer_dto"):
        raise Refused(f"customer: property {sorted(unknown)} should not exist")
    if too_long := [name for name, most in _LONGEST.items() if len(customer.get(name, "")) > most]:
        raise Refused(f"customer.{too_long[0]} must be shorter")
    if ("number" in customer) == ("sipUri" in customer):
        raise Refused("customer needs a number or a sipUri")
    if "sipUri" in customer:
        return
    pattern = r"\+[1-9][0-9]{6,14}" if customer.get("numberE164CheckEnabled", True) else r"\+?[a-zA-Z0-9]+"
    if not re.fullmatch(pattern, customer["number"]) or len(customer["number"]) < 3:
        raise Refused("customer.number must be a valid phone number in the E.164 format")


@cache
def _fields(module: str) -> frozenset[str]:
    """The fields of the SDK's model in this module, by the names that it sends."""
    spec = find_spec("vapi.types")
    assert spec
    assert spec.submodule_search_locations
    tree = ast.parse((Path(spec.submodule_search_locations[0]) / f"{module}.py").read_text())
    model = next(each for each in tree.body if isinstance(each, ast.ClassDef))
    names = {
        each.target.id for each in model.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }
    return frozenset(map(_sent_name, names))


def _sent_name(field: str) -> str:
    return {"number_e_164_check_enabled": "numberE164CheckEnabled"}.get(field, _camel(field))


@cache
def _arguments(part: str, function: str) -> tuple[str, ...]:
    """What the SDK's function of this part takes."""
    spec = find_spec(f"vapi.{part}.client")
    assert spec
    assert spec.origin
    functions = ast.walk(ast.parse(Path(spec.origin).read_text()))
    found = next(each for each in functions if isinstance(each, ast.FunctionDef) and each.name == function)
    return tuple(argument.arg for argument in found.args.kwonlyargs)


@cache
def filters(part: str) -> frozenset[str]:
    """What the SDK's `list` of this part can ask for, by the names that it sends."""
    return frozenset(map(_camel, _arguments(part, "list"))) - {"requestOptions"}


def _models(value: Any) -> Iterator[pydantic.BaseModel]:
    if isinstance(value, pydantic.BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from _models(getattr(value, name))
    elif isinstance(value, list):
        for each in value:
            yield from _models(each)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
