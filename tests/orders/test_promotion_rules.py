"""What promotions may take off, for any basket, and that every share of it agrees to the cent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.commands import Unit
from catalog.queries import Offer, PriceSpan
from kernel.ids import new_id
from kernel.money import line_amount
from orders.commands import PromotionKind, PromotionOn
from orders.models import FulfillmentLine
from orders.pricing import Deal, divide_discount, quote_basket, shelf_price
from orders.pricing.promotions import unit_discount
from orders.queries.shapes import LineFacts

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)
SKUS = ("A", "B", "C", "D")


def deal(kind: PromotionKind = PromotionKind.PERCENT, **facts: Any) -> Deal:
    begun: dict[str, Any] = {"valid_from": NOW - DAY, "on_what": PromotionOn.EVERYTHING}
    return Deal(new_id(), "Offre", kind, **{"on_code": None, **begun, **facts})


def offer(sku: str = "A", **facts: Any) -> Offer:
    shelf = {"name": sku, "option": "", "currency": "EUR", "vat_bp": 2000, "article": sku}
    price = {"price_minor": 1000, "price_per": 1, "eco_minor": 0, "is_reduced": False}
    return Offer(sku, **{**shelf, "category": None, "weight_g": None, **price, **facts})


@st.composite
def offers(draw: st.DrawFn) -> dict[str, Offer]:
    """Return a few articles, sold by the piece or by weight, some with an éco-participation."""
    found = {}
    for sku in draw(st.lists(st.sampled_from(SKUS), min_size=1, unique=True)):
        price = draw(st.integers(0, 20_000))
        by_piece = draw(st.booleans())
        found[sku] = offer(
            sku,
            price_minor=price,
            eco_minor=draw(st.integers(0, price)),
            price_per=1 if by_piece else draw(st.sampled_from([100, 1000])),
            unit=Unit.PIECE if by_piece else Unit.GRAM,
            vat_bp=draw(st.sampled_from([0, 550, 1000, 2000])),
            category=draw(st.sampled_from(["x", "y"])),
        )
    return found


@st.composite
def deals(draw: st.DrawFn) -> list[Deal]:
    """Return any promotions, on everything, a category or a SKU."""
    found = []
    for _each in range(draw(st.integers(0, 4))):
        on, code = draw(
            st.sampled_from(
                [
                    (PromotionOn.EVERYTHING, None),
                    (PromotionOn.CATEGORY, "x"),
                    (PromotionOn.SKU, "A"),
                    (PromotionOn.ARTICLE, "B"),
                ]
            )
        )
        kind = draw(st.sampled_from(list(PromotionKind)))
        take = draw(st.integers(2, 6))
        found.append(
            deal(
                kind,
                on_what=on,
                on_code=code,
                percent_bp=draw(st.integers(1, 10_000)),
                amount_minor=draw(st.integers(1, 30_000)),
                take=take,
                pay=draw(st.integers(1, take - 1)),
            )
        )
    return found


BASKETS = offers().flatmap(
    lambda found: st.tuples(
        st.just(found), st.fixed_dictionaries({sku: st.integers(1, 30) for sku in found}), deals()
    )
)
Basket = tuple[dict[str, Offer], dict[str, int], list[Deal]]


@given(BASKETS)
def test_no_line_costs_less_than_its_eco_participation_or_more_than_its_list_price(
    basket: Basket,
) -> None:
    known, quantities, running = basket
    quote = quote_basket(known, quantities, running)
    for line in quote.lines:
        assert line.eco_total_minor <= line.priced.amount_minor <= line.priced.list_minor
        assert (line.discount_minor > 0) == (line.promotion_id is not None)


@given(BASKETS)
def test_lines_and_vat_of_each_rate_add_up_to_the_total(basket: Basket) -> None:
    quote = quote_basket(*basket)
    made = quote.totals
    assert made.total_minor == sum(line.priced.amount_minor for line in quote.lines)
    assert made.total_minor == sum(each.gross_minor for each in made.vat)
    assert all(each.gross_minor == each.net_minor + each.vat_minor for each in made.vat)


@given(BASKETS)
def test_a_customer_has_no_less_than_any_promotion_would_give_alone(basket: Basket) -> None:
    known, quantities, running = basket
    made = quote_basket(known, quantities, running).discount_minor
    alone = [quote_basket(known, quantities, [each]).discount_minor for each in running]
    assert made >= max(alone, default=0)


@given(BASKETS)
def test_of_promotions_on_single_units_each_line_has_the_best(basket: Basket) -> None:
    known, quantities, running = basket
    single = [each for each in running if not each.is_for_several]
    for line in quote_basket(known, quantities, single).lines:
        here = [each for each in single if each.is_on(known[line.sku])]
        best = max((unit_discount(known[line.sku], each) for each in here), default=0)
        off = line_amount(quantity=line.quantity, unit_price_minor=best, price_per=line.price_per)
        assert line.discount_minor == min(off, line.priced.list_minor - line.eco_total_minor)


@given(BASKETS, st.data())
def test_shares_of_parcels_add_up_and_none_is_below_zero_or_above_list(
    basket: Basket, data: st.DataObject
) -> None:
    known, quantities, running = basket
    lines = quote_basket(known, quantities, running).lines
    first = {sku: data.draw(st.integers(0, units)) for sku, units in quantities.items()}
    second = {sku: units - first[sku] for sku, units in quantities.items()}
    parts = [{sku: units for sku, units in part.items() if units} for part in (first, second)]
    shares = divide_discount(lines, parts)
    for line in lines:
        mine = [share.get(line.sku, 0) for share in shares]
        assert sum(mine) == line.discount_minor
        for part, discount in zip(parts, mine, strict=True):
            units = part.get(line.sku, 0)
            full = replace(line, quantity=units, discount_minor=discount)
            assert 0 <= full.priced.amount_minor <= full.priced.list_minor


@st.composite
def parcel_lines(draw: st.DrawFn) -> FulfillmentLine:
    """Return a line of a parcel of piece goods with any discount it may have."""
    quantity, price = draw(st.integers(1, 30)), draw(st.integers(1, 5_000))
    line = FulfillmentLine(fulfillment_id=UUID(int=1), sku="A", quantity=quantity)
    line.cancelled = line.handed_over = line.picked = 0
    line.discount_minor = draw(st.integers(0, quantity * price))
    line.__dict__["price"] = price
    return line


def told(line: FulfillmentLine) -> LineFacts:
    return LineFacts(
        line.sku, "A", line.quantity, line.picked, line.cancelled, line.handed_over, None,
        line.__dict__["price"], 1, 2000, line.discount_minor,
    )  # fmt: skip


@given(parcel_lines(), st.data())
def test_what_is_given_in_parts_is_paid_once_and_never_backwards(
    line: FulfillmentLine, data: st.DataObject
) -> None:
    line.cancelled = data.draw(st.integers(0, line.quantity))
    paid, given_units = 0, 0
    while given_units < line.quantity - line.cancelled:
        given_units += data.draw(st.integers(1, line.quantity - line.cancelled - given_units))
        now = told(line).priced(given_units).amount_minor
        assert now >= paid
        paid = now
    assert paid == told(line).owed.amount_minor


@given(parcel_lines(), st.data())
def test_giving_up_units_one_by_one_gives_back_exactly_what_was_to_pay(
    line: FulfillmentLine, data: st.DataObject
) -> None:
    owed, back = told(line).owed.amount_minor, 0
    while line.cancelled < line.quantity:
        units = data.draw(st.integers(1, line.quantity - line.cancelled))
        worth = told(line).worth_minor(units)
        assert worth >= 0
        back += worth
        line.cancelled += units
    assert back == owed


@given(parcel_lines(), st.data())
def test_a_line_that_goes_on_elsewhere_takes_its_share_along(
    line: FulfillmentLine, data: st.DataObject
) -> None:
    line.handed_over = data.draw(st.integers(0, line.quantity))
    line.cancelled = data.draw(st.integers(0, line.quantity - line.handed_over))
    before, moved, units = told(line).owed.amount_minor, line.discount_open, line.open
    line.cancelled += line.open
    onward = units * line.__dict__["price"] - moved
    assert told(line).owed.amount_minor + onward == before
    assert 0 <= onward <= units * line.__dict__["price"]


@settings(max_examples=30)
@given(st.integers(1, 10_000), st.integers(1, 9_999))
def test_a_reduction_is_shown_beside_the_lowest_price_before_it(price: int, off_bp: int) -> None:
    spans = [
        PriceSpan(
            price + 500, 1, is_reduced=False, valid_from=NOW - 90 * DAY, valid_to=NOW - 20 * DAY
        ),
        PriceSpan(price, 1, is_reduced=False, valid_from=NOW - 20 * DAY, valid_to=None),
    ]
    running = deal(percent_bp=off_bp, valid_from=NOW)
    shown = shelf_price(offer(price_minor=price), [running], spans, now=NOW)
    if shown.paid_minor < price:
        assert (shown.was_minor, shown.lowest_minor) == (price, price)


def test_the_lowest_price_counts_promotions_of_the_30_days_and_nothing_older() -> None:
    spans = [
        PriceSpan(100, 1, is_reduced=False, valid_from=NOW - 200 * DAY, valid_to=NOW - 60 * DAY),
        PriceSpan(1000, 1, is_reduced=False, valid_from=NOW - 60 * DAY, valid_to=NOW - DAY),
        PriceSpan(800, 1, is_reduced=True, valid_from=NOW - DAY, valid_to=None),
    ]
    earlier = deal(percent_bp=3000, valid_from=NOW - 10 * DAY, valid_to=NOW - 5 * DAY)
    present = offer(price_minor=800, is_reduced=True)
    plain = shelf_price(present, [], spans, now=NOW)
    assert (plain.paid_minor, plain.lowest_minor, plain.was_minor) == (800, 1000, 1000)
    beside = shelf_price(present, [earlier], spans, now=NOW)
    assert (beside.lowest_minor, beside.was_minor) == (700, None)


def test_a_price_that_is_not_reduced_is_shown_alone() -> None:
    shown = shelf_price(offer(), [], [], now=NOW)
    assert (shown.paid_minor, shown.was_minor, shown.lowest_minor) == (1000, None, None)


def test_several_for_fewer_takes_over_lines_only_where_it_takes_off_more() -> None:
    known = {sku: offer(sku) for sku in "ABC"}
    three = deal(PromotionKind.N_FOR_M, take=3, pay=2)
    basket = dict.fromkeys("ABC", 1)
    half = deal(percent_bp=5000)
    assert quote_basket(known, basket, [three, half]).discount_minor == 1500
    tenth = deal(percent_bp=1000)
    made = quote_basket(known, basket, [three, tenth])
    assert [line.discount_minor for line in made.lines] == [1000, 0, 0]
