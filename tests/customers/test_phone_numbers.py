"""Numbers as people, networks and trunks write them."""

import pytest

from customers.phone_numbers import (
    CallerAddress,
    InvalidNumber,
    country_of,
    is_withheld,
    masked,
    parse_number,
    parse_sip_uri,
    read_caller,
)


def read(*numbers: str, sip_uris: tuple[str, ...] = (), region: str = "US") -> CallerAddress:
    return read_caller(numbers=numbers, sip_uris=sip_uris, region=region)


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("+13035550101", "US", "+13035550101"),
        ("(303) 555-0101", "US", "+13035550101"),
        ("303.555.0101", "CA", "+13035550101"),
        ("0161 496 0107", "GB", "+441614960107"),
        ("+44 (0)161 496 0107", "US", "+441614960107"),
        ("0044 161 496 0107", "US", "+441614960107"),
        ("011 44 161 496 0107", "US", "+441614960107"),
        ("+39 06 1234 5678", "US", "+390612345678"),
        ("+521 55 1234 5678", "US", "+525512345678"),
        ("+55 11 8765-4321", "US", "+5511987654321"),
        ("+55 11 3765-4321", "US", "+551137654321"),
        ("+５４９１１２３４５６７８９", "US", "+5491123456789"),
        ("\u2066+1 303 555 0101\u2069", "US", "+13035550101"),
        ("tel:+1-303-555-0101", "US", "+13035550101"),
        # What the documentation of phonenumbers warns of: what is dialled at home and abroad, 0s that belong to numbers
        # and 0s that do not, digits of other scripts, letters, numbers of no country.
        ("+0044 161 496 0107", "US", "+441614960107"),
        ("011 52 1 55 1234 5678", "US", "+525512345678"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("045 55 1234 5678 ext. 3", "MX", "+525512345678"),
        ("01 (55) 1234-5678", "MX", "+525512345678"),
        ("1 55 1234 5678", "MX", "+525512345678"),
        ("(011) 8765-4321", "BR", "+5511987654321"),
        ("0 15 11 98765-4321", "BR", "+5511987654321"),
        ("02966 15 412345", "AR", "+5492966412345"),
        ("+54 11 15 2345 6789", "US", "+5491123456789"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("0549 886377", "SM", "+3780549886377"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("06 20 123 4567", "HU", "+36201234567"),
        ("+62 0812 3456 7890", "US", "+6281234567890"),
        ("٠١٠ ٠١٢٣ ٤٥٦٧", "EG", "+201001234567"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("+800 1234 5678", "US", "+80012345678"),
        ("+377 44 123 456", "US", "+37744123456"),
    ],
)
def test_a_number_in_any_spelling_becomes_e164(text: str, region: str, number: str) -> None:
    assert parse_number(text, region).number == number


@pytest.mark.parametrize(
    "text",
    ["", "abc", "12", "+", "+0123456789", "+1303555010", "+1 303 555 01011", "0" * 600,
     "+39 6 1234 5678", "044 5512 3456", "*555", "+4926908725065470", "+8100667655349911"],
)  # fmt: skip
def test_what_is_no_number_says_so(text: str) -> None:
    with pytest.raises(InvalidNumber, match=r"^(is|has) "):
        parse_number(text, "US")


def test_an_extension_stands_beside_the_number() -> None:
    assert parse_number("(303) 555-0101 ext. 12", "US") == ("+13035550101", "12")


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("sip:bob@example.com", "sip:bob@example.com"),
        ("SIP:Bob@EXAMPLE.com:5060;user=phone", "sip:Bob@example.com"),
        ("sips:bob@example.com?subject=x", "sip:bob@example.com"),
        ('"Bob, Jr." <sip:bob@example.com>;tag=1', "sip:bob@example.com"),
        ("sip:bob:secret@example.com", "sip:bob@example.com"),
        ("sip:bob@[2001:db8::1]:5060", "sip:bob@[2001:db8::1]"),
    ],
)
def test_a_sip_address_is_kept_without_what_changes_from_call_to_call(text: str, uri: str) -> None:
    assert parse_sip_uri(text) == uri


@pytest.mark.parametrize("text", ["", "sip:", "sip:bob", "bob@example.com", "http://bob@example.com", "sip:a b@c"])
def test_what_is_no_sip_address_says_so(text: str) -> None:
    with pytest.raises(InvalidNumber, match="is not a SIP address"):
        parse_sip_uri(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "+", "Anonymous", "RESTRICTED", "no  caller-id", "266696687", "+266696687", "464", "private_number"],
)
def test_words_for_hiding_are_withheld(text: str) -> None:
    assert is_withheld(text)


@pytest.mark.parametrize("text", ["2666966870", "+8656696123456", "0464", "anon", "alice"])
def test_what_only_begins_like_such_a_word_is_not(text: str) -> None:
    assert not is_withheld(text)


def test_the_first_usable_address_counts() -> None:
    assert read("anonymous", "nonsense!", "+13035550101", "+13035550102").number == "+13035550101"


def test_withheld_means_that_nothing_else_was_said() -> None:
    assert read().withheld
    assert read("anonymous", sip_uris=("sip:anonymous@anonymous.invalid",)).withheld
    assert not read("nonsense!").withheld
    assert read("anonymous", sip_uris=("sip:bob@example.com",)).keys == ("sip:bob@example.com",)


def test_a_number_inside_a_sip_address_counts_before_the_address() -> None:
    assert read("sip:+13035550101@example.com").keys == ("+13035550101", "sip:+13035550101@example.com")
    assert read(sip_uris=("sip:1234@example.com",)).keys == ("sip:1234@example.com",)


def test_digits_of_a_trunk_are_looked_up_as_number_and_as_they_are() -> None:
    assert read("3035550101").keys == ("+13035550101", "3035550101")
    assert read("5550142").keys == ("5550142",)


def test_a_number_newer_than_the_tables_is_still_looked_up() -> None:
    assert read("+13035550").keys == ("+13035550",)


def test_argentine_mobiles_are_looked_up_with_and_without_nine() -> None:
    assert set(read("+5491123456789").keys) == set(read("+541123456789").keys) == {"+5491123456789", "+541123456789"}


@pytest.mark.parametrize(
    ("number", "country"),
    [("+13035550101", "US"), ("+16135550101", "CA"), ("+441614960107", "GB"), ("+80012345678", None), (None, None)],
)
def test_the_country_is_read_from_the_number(number: str | None, country: str | None) -> None:
    assert country_of(number) == country


@pytest.mark.parametrize(
    ("address", "shown"),
    [("+13035550101", "+1303…01"), ("sip:bob@example.com", "sip:b…om"), ("555014", "…"), ("", "-"), (None, "-")],
)
def test_addresses_are_masked_for_logs(address: str | None, shown: str) -> None:
    assert masked(address) == shown
