"""Documents and calls of every kind, for tests of what holds for all of them.

A document is the JSON that publishing stores, with whatever its forms would take.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

from hypothesis import strategies as st

from assistants.checking import check_condition
from assistants.operators import OPERATORS, Takes
from assistants.traits import TRAITS
from tests.assistants.situations import DATES, HOLIDAYS, LINES, NUMBERS, WEEKDAYS, Json, Situation

VARIANTS = ("Desk", "VIP", "Night", "Site")
MOMENTS = [
    datetime(2026, 6, 3, 15, 0, tzinfo=UTC),
    datetime(2026, 6, 4, 5, 59, 59, tzinfo=UTC),  # still the 3rd in Denver
    datetime(2026, 3, 8, 9, 30, tzinfo=UTC),  # half past three in Denver, where there is no half past two
    datetime(2026, 10, 25, 1, 0, tzinfo=UTC),  # one o'clock in London, for the second time
    datetime(2026, 6, 6, 23, 0, tzinfo=UTC),  # midnight in London
]
VALUES = [None, "", "Pro", "basic", "12", 12, 12.5, True, False, "yes", "No", *DATES, [], ["red", "Blue"], ["red"]]

_DATES = ["2020-02-29", "2026-01-31", "2026-06-03"]
_TIMES = ["08:00", "9:30", "17:00", "23:30"]
_DAYS = [*WEEKDAYS]
# What staff may type beside each trait.
_TYPED: Mapping[str, list[str]] = {
    "name": ["Ada Example", "ada", "x"],
    "tier": ["gold", "Silver", "LD"],
    "tags": ["VIP", "beta", "x"],
    "language": ["en", "ES", "e"],
    "country": ["US", "gb", "FR"],
    "joined_on": _DATES,
    "days_since_joining": ["0", "2286", "-1.5"],
    "email": ["ada@example.com", "@EXAMPLE", "org"],
    "customer_id": ["C001", "c"],
    "attribute": ["pro", "Basic", "12", "red", "yes"],
    "attribute_number": ["12", "12.5", "-1"],
    "attribute_date": _DATES,
    "attribute_list": ["RED", "blue", "pro"],
    "number": ["+13035550101", "+1303", "+44", "555"],
    "email_domain": ["example.com", "EXAMPLE", ".org"],
    "line": ["Support", "sales", "s"],
    "transport": ["phone", "sip", "web"],
    "sip_header": ["A-7", "a"],
    "line_date": ["2026-06-03", "2026-06-04", "2026-10-25"],
    "line_time": _TIMES,
    "customer_time": _TIMES,
    "line_weekday": _DAYS,
    "customer_weekday": _DAYS,
    "calls_in_days": ["0", "1", "2"],
    "minutes_since_last_call": ["5", "60"],
    "days_since_last_call": ["0", "1", "20"],
    "last_call_ended": ["silence", "Hung-Up"],
    "last_call_ended_reason": ["silence-timed-out", "customer"],
    "last_call_summary": ["refund", "Asked"],
    "last_call_promise": ["call back", "Monday"],
}
_PARAMETERS = {
    "attribute": ["a", "b"],
    "sip_header": ["X-Account", "other"],
    "calls": ["1", "30"],
    "last_call_summary": ["1", "30"],
    "last_call_promise": ["1", "30"],
}


def _parameters(trait: str) -> list[str]:
    if trait.endswith("_holiday"):
        return [*HOLIDAYS]
    return _PARAMETERS.get(trait, _PARAMETERS.get(trait.split("_")[0], [""]))


def _values(trait: str, takes: Takes) -> Iterator[str]:
    match takes:
        case Takes.NOTHING:
            yield ""
        case Takes.ONE:
            yield from _TYPED.get(trait, [])
        case _:
            yield from (", ".join(pair) for pair in permutations(_TYPED.get(trait, []), 2))
            yield from _TYPED.get(trait, [])


def conditions_on(trait: str) -> list[Json]:
    """Every condition on the trait that its form would take."""
    found = []
    for operator in OPERATORS.values():
        for value in _values(trait, operator.takes):
            if not ("weekday" in trait and value not in WEEKDAYS and value):
                found += [
                    {"trait": trait, "operator": operator.key, "value": value, "parameter": parameter}
                    for parameter in _parameters(trait)
                ]
    return [each for each in found if not any(check_condition(each, lines=LINES, holidays=HOLIDAYS))]


CONDITIONS = {trait: conditions_on(trait) for trait in TRAITS}

_moments = st.sampled_from(MOMENTS)
_variants = st.sampled_from(VARIANTS)
_line_sets = st.lists(st.sampled_from([*LINES]), unique=True)


@st.composite
def rules(draw: st.DrawFn, about: list[str]) -> Json:
    """One rule in the document's form, with conditions on these traits."""
    rule: Json = {"priority": draw(st.integers(0, 3)), "enabled": draw(st.integers(0, 9)) > 0}
    rule["lines"] = draw(st.just([]) | _line_sets)
    conditions = st.sampled_from(about).flatmap(lambda trait: st.sampled_from(CONDITIONS[trait]))
    rule["conditions"] = draw(st.lists(conditions, max_size=3))
    window = sorted(draw(st.lists(_moments, min_size=2, max_size=2, unique=True)))
    limits = draw(st.sampled_from([(), (), ("valid_from",), ("valid_until",), ("valid_from", "valid_until")]))
    rule |= {limit: moment.isoformat() for limit, moment in zip(limits, window, strict=False)}
    shares: dict[str, int] = draw(st.dictionaries(_variants, st.integers(1, 5), min_size=1, max_size=3))
    if len(shares) > 1:
        return {**rule, "split": shares}
    return {**rule, "variant": min(shares)}


@st.composite
def documents(draw: st.DrawFn) -> Json:
    """A document without problems, whose rules are about the same few traits."""
    about = draw(st.lists(st.sampled_from(sorted(CONDITIONS)), min_size=1, max_size=3, unique=True))
    site = {role: name for role, name in (("fallback", draw(_variants)), ("refusal", "No")) if draw(st.booleans())}
    fallbacks = {name: {"fallback": draw(_variants)} if draw(st.booleans()) else {} for name in LINES}
    return {
        "site": site,
        "holidays": HOLIDAYS,
        "lines": {name: {**LINES[name], **fallbacks[name]} for name in LINES},
        "variants": {name: {"kind": "saved-assistant", "vapi_id": name.lower()} for name in VARIANTS}
        | {"No": {"kind": "refusal", "refusal_texts": {"en": "No."}}},
        "rules": {f"rule {number}": rule for number, rule in enumerate(draw(st.lists(rules(about), max_size=6)))},
    }


_people = st.fixed_dictionaries(
    {
        "id": st.just("c001"),
        "name": st.sampled_from(["Ada Example", ""]),
        "email": st.sampled_from(["", "Ada@Example.com", "bo@test.org"]),
        "tier": st.sampled_from(["", "Gold", "silver"]),
        "joined_on": st.sampled_from([None, date(2020, 2, 29), date(2026, 6, 3)]),
        "language": st.sampled_from(["", "en", "es-MX"]),
        "timezone": st.sampled_from(["", "Asia/Tokyo", "Europe/London"]),
        "tags": st.sampled_from([(), ("vip",), ("VIP", "Beta")]),
        "attributes": st.none() | st.fixed_dictionaries({name: st.sampled_from(VALUES) for name in ("a", "b")}),
    }
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Anybody, at any time, on any line; in one call of two some switch is on or somebody is pinned."""
    at = draw(_moments)
    pins = st.tuples(st.sampled_from([*VARIANTS, "Gone"]), st.sampled_from([at - timedelta(1), at, at + timedelta(1)]))
    ago = st.sampled_from([timedelta(minutes=5), timedelta(days=1), timedelta(days=20)])
    is_switched = draw(st.booleans())
    return Situation(
        status=draw(st.sampled_from(["known", "known", "unknown", "withheld", "ambiguous", "blocked"])),
        at=at,
        line=draw(st.sampled_from([*LINES, None])),
        number=draw(st.sampled_from([*NUMBERS])),
        person=draw(_people),
        transport=draw(st.sampled_from(["phone", "SIP", "web"])),
        headers=draw(st.sampled_from([{}, {"account": "A-7"}])),
        calls=tuple(sorted((at - draw(ago) for _ in range(draw(st.integers(0, 2)))), reverse=True)),
        last_call={
            "last_call_ended": draw(st.sampled_from(["", "silence", "hung-up"])),
            "last_call_ended_reason": draw(st.sampled_from(["", "silence-timed-out", "customer-ended-call"])),
            "last_call_summary": draw(st.sampled_from(["", "Asked for a refund."])),
            "last_call_promise": draw(st.sampled_from(["", "Call back on Monday."])),
        },
        emergency=is_switched and draw(st.integers(0, 4)) == 0,
        emergency_lines=frozenset(draw(st.just([]) | _line_sets) if is_switched else []),
        customer_pin=draw(st.none() | pins) if is_switched else None,
        number_pin=draw(st.none() | pins) if is_switched else None,
    )
