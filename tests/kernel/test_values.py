"""Pure parts of the kernel: money, numbers and codes people read, strict JSON, signed links."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from marshmallow import ValidationError

from kernel import secret
from kernel.fields import ItemsSchema, SafeText
from kernel.ids import (
    ALPHABET,
    code_from_digest,
    new_id,
    new_order_number,
    read_code,
    read_order_number,
    show_code,
    show_order_number,
)
from kernel.links import OrderLink, order_token, read_order_token
from kernel.money import half_up, line_amount, vat_shares
from kernel.web import BadCursor, MalformedBody, make_cursor, read_cursor, read_json
from tests.conftest import SECRET

AMOUNTS = st.integers(0, 10**9)
RATES = st.integers(0, 10_000)


@pytest.fixture(autouse=True)
def one_secret() -> None:
    secret.configure(SECRET.encode())


@given(st.lists(st.tuples(RATES, AMOUNTS), max_size=20))
def test_vat_and_net_make_up_every_gross_and_no_cent_is_lost(lines: list[tuple[int, int]]) -> None:
    shares = vat_shares(lines)
    assert sum(share.gross_minor for share in shares) == sum(gross for _, gross in lines)
    assert [share.rate_bp for share in shares] == sorted({rate for rate, _ in lines})
    for share in shares:
        assert share.net_minor + share.vat_minor == share.gross_minor
        exact = Fraction(share.gross_minor * share.rate_bp, 10_000 + share.rate_bp)
        assert abs(share.vat_minor - exact) <= Fraction(1, 2)


@given(st.integers(1, 10**6), AMOUNTS, st.sampled_from([1, 100, 1_000]))
def test_a_line_is_its_exact_amount_rounded_half_up(
    quantity: int, price: int, price_per: int
) -> None:
    amount = line_amount(quantity=quantity, unit_price_minor=price, price_per=price_per)
    exact = Fraction(quantity * price, price_per)
    assert Fraction(-1, 2) < amount - exact <= Fraction(1, 2)


def test_halves_are_rounded_up() -> None:
    assert [half_up(Decimal(value)) for value in ("0.5", "1.5", "2.49", "2.5")] == [1, 2, 2, 3]
    assert line_amount(quantity=250, unit_price_minor=1, price_per=100) == 3


def test_twenty_percent_of_a_known_receipt() -> None:
    [books, tents] = vat_shares([(2000, 8990), (550, 455), (2000, 2580)])
    assert (books.net_minor, books.vat_minor) == (431, 24)
    assert (tents.net_minor, tents.vat_minor) == (9642, 1928)


@given(st.integers(0, 6), st.sampled_from(ALPHABET))
def test_one_misread_sign_never_makes_another_order_number(place: int, sign: str) -> None:
    number = new_order_number()
    assume(number[place] != sign)
    assert read_order_number(number[:place] + sign + number[place + 1 :]) is None


@given(st.integers(0, 5))
def test_two_swapped_signs_never_make_another_order_number(place: int) -> None:
    number = new_order_number()
    pair = {number[place], number[place + 1]}
    assume(len(pair) == 2 and pair != {"0", "Z"})  # the one pair Luhn cannot tell apart
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert read_order_number(swapped) is None


@given(st.text(max_size=30))
def test_whatever_is_typed_as_a_number_or_code_is_read_or_refused(typed: str) -> None:
    number, code = read_order_number(typed), read_code(typed)
    assert number is None or (len(number) == 7 and set(number) <= set(ALPHABET))
    assert code is None or (len(code) == 8 and set(code) <= set(ALPHABET))


def test_numbers_and_codes_are_read_as_they_are_shown() -> None:
    for _ in range(50):
        number = new_order_number()
        assert read_order_number(show_order_number(number)) == number
        misread = number.lower().replace("0", "o").replace("1", "i")
        assert read_order_number(misread) == number
        code = code_from_digest(secret.digest("test", new_id().bytes))
        assert read_code(f" {show_code(code).lower()} ") == code


def test_ids_sort_by_age_and_never_repeat() -> None:
    ids = [new_id() for _ in range(1_000)]
    assert sorted(ids) == ids
    assert len(set(ids)) == 1_000
    assert {each.version for each in ids} == {7}


@given(st.integers(0, 42), st.sampled_from("ABCxyz019-_"), st.integers(0, 70_000))
def test_a_link_with_one_other_sign_shows_no_order(place: int, sign: str, nth: int) -> None:
    order_id = new_id()
    token = order_token(order_id, nth)
    assert read_order_token(token) == OrderLink(order_id, nth)
    assume(token[place] != sign)
    assert read_order_token(token[:place] + sign + token[place + 1 :]) is None


@given(st.text(max_size=80))
def test_whatever_comes_as_a_token_is_no_order(text: str) -> None:
    assert read_order_token(text) is None


def test_every_secret_has_its_own_purpose_and_installation() -> None:
    order_id = UUID("01a20053-bc2d-743e-ab2d-cc103fc8d3c0")
    token = order_token(order_id)
    assert secret.derive("pass/1") != secret.derive("order-link")
    secret.configure(b"another-installation-0123456789-abcdef")
    assert read_order_token(token) is None
    assert order_token(order_id) != token
    with pytest.raises(ValueError, match="at least 32 bytes"):
        secret.configure(b"short")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_refused(data: bytes) -> None:
    try:
        read_json(data)
    except MalformedBody:
        return


@given(JSON)
def test_json_is_read_as_python_reads_it(value: Any) -> None:
    assert read_json(json.dumps(value).encode()) == value


def test_json_may_be_thirty_two_levels_deep_and_no_deeper() -> None:
    assert read_json(b"[" * 31 + b"]" * 31)
    with pytest.raises(MalformedBody):
        read_json(b"[" * 33 + b"]" * 33)


@given(
    st.lists(
        st.text(alphabet=st.characters(blacklist_categories=["Cc", "Cs"]), min_size=1),
        min_size=1,
        max_size=3,
    )
)
def test_a_cursor_means_what_it_was_made_of(parts: list[str]) -> None:
    assert read_cursor(make_cursor(*parts), parts=len(parts)) == parts
    with pytest.raises(BadCursor):
        read_cursor(make_cursor(*parts), parts=len(parts) + 1)


@given(st.text(max_size=60))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    try:
        found = read_cursor(text, parts=1)
    except BadCursor:
        return
    assert found is not None
    assert make_cursor(*found) == text


@given(st.text(max_size=300))
def test_text_is_kept_normal_and_storable_or_refused(text: str) -> None:
    try:
        kept = SafeText().deserialize(text)
    except ValidationError:
        return
    assert 1 <= len(kept) <= 200
    assert "\x00" not in kept
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert SafeText().deserialize(kept) == kept


def test_equal_skus_are_summed_in_the_order_they_were_first_named() -> None:
    items = [("B", 1), ("A", 2), ("B", 3)]
    loaded = ItemsSchema().load(
        {"items": [{"sku": sku, "quantity": quantity} for sku, quantity in items]}
    )
    assert list(loaded["quantities"].items()) == [("B", 4), ("A", 2)]
