"""Which numbers exist, beside phonenumbers' own judgement."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.numbering_plans import exists, has_lost_zero
from customers.phone_numbers import is_withheld

COUNTRY_CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@pytest.mark.parametrize("number", ["+13035550101", "+441614960107", "+80012345678", "+5491123456789", "+390612345678"])
def test_numbers_in_use_exist(number: str) -> None:
    assert exists(number)


@pytest.mark.parametrize(
    "number", ["+1303555010", "+13035550", "+9991234567", "+4401614960107", "+11111111111", "+3758104164638"]
)
def test_numbers_of_no_plan_do_not(number: str) -> None:
    assert not exists(number)


@given(st.sampled_from(COUNTRY_CODES), st.from_regex(r"[1-9][0-9]{5,11}", fullmatch=True))
def test_it_never_says_yes_where_phonenumbers_says_no(code: int, national: str) -> None:
    number = f"+{code}{national}"
    if exists(number):
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_valid_number(parsed)
        assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number


def test_no_example_number_that_exists_spells_a_withheld_word() -> None:
    examples = [phonenumbers.example_number(region) for region in phonenumbers.SUPPORTED_REGIONS]
    numbers = [phonenumbers.format_number(each, 0) for each in examples if each]
    assert len(numbers) > 200
    assert all(exists(number) or not is_withheld(number) for number in numbers)
    assert not any(map(exists, ["+266696687", "+7378742833", "+86282452253", "+2562533", "+8656696", "+8566696"]))


def test_a_lost_zero_is_told_from_countries_that_write_none() -> None:
    assert has_lost_zero("161 496 0107", "+441614960107")
    assert not has_lost_zero("0161 496 0107", "+441614960107")
    assert not has_lost_zero("+44 161 496 0107", "+441614960107")
    assert not has_lost_zero("303 555 0101", "+13035550101")
    assert not has_lost_zero("11 91234-5678", "+5511912345678")
