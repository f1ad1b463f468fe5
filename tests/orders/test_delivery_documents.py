"""The papers of a delivery agree to the cent: quote, parcels, order, and whatever is given up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.commands import Channel, Formation, Method, Status
from orders.pricing import Quote, QuotedCharge, QuotedLine, divide_discount
from orders.queries import FulfillmentFacts, LineFacts, OrderFacts
from orders.queries.shapes import ChargeFacts
from stores.promises import arrive

MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)
RATES = (0, 210, 550, 1_000, 2_000)
WAY = uuid4()

wanted = st.lists(
    st.tuples(
        st.integers(1, 9),  # units of the first parcel
        st.integers(0, 9),  # of the second
        st.integers(0, 50_000),  # price
        st.sampled_from(RATES),
        st.integers(0, 100),  # share of the line that a promotion takes off, in per cent
    ),
    min_size=1,
    max_size=6,
)


def quote_of(lines: Sequence[tuple[int, int, int, int, int]], fee_minor: int, vat: int) -> Quote:
    quoted = [
        QuotedLine(f"S{at}", f"S{at}", one + two, price, 1, rate)
        for at, (one, two, price, rate, _off) in enumerate(lines)
    ]
    off = [each.priced.list_minor * lines[at][4] // 100 for at, each in enumerate(quoted)]
    discounted = (replace(each, discount_minor=off[at]) for at, each in enumerate(quoted))
    return Quote(tuple(discounted), (QuotedCharge(WAY, "Livraison", fee_minor, vat),))


def order_of(quote: Quote, parts: Sequence[dict[str, int]]) -> OrderFacts:
    shares = divide_discount(quote.lines, parts)
    by_sku = {line.sku: line for line in quote.lines}
    order_id = uuid4()
    parcels = [
        FulfillmentFacts(
            id=uuid4(),
            order_id=order_id,
            order_number="7K3M9PX",
            channel=Channel.WEB,
            language="fr",
            currency="EUR",
            contact_id=None,
            location_id=uuid4(),
            method=Method.DELIVERY,
            status=Status.NEW,
            promised_at=MOMENT,
            promise_inputs={},
            slot_starts_at=None,
            slot_ends_at=None,
            bin=None,
            ready_at=None,
            collect_by=None,
            ended_at=None,
            created_at=MOMENT,
            overdue=False,
            extensions=0,
            delivery_method_id=WAY,
            lines=tuple(
                LineFacts(
                    sku=sku,
                    name=sku,
                    quantity=units,
                    picked=0,
                    cancelled=0,
                    handed_over=0,
                    short_reason=None,
                    unit_price_minor=by_sku[sku].unit_price_minor,
                    price_per=1,
                    vat_bp=by_sku[sku].vat_bp,
                    discount_minor=share[sku],
                )
                for sku, units in part.items()
            ),
        )
        for part, share in zip(parts, shares, strict=True)
    ]
    return OrderFacts(
        order_id,
        "7K3M9PX",
        uuid4(),
        Channel.WEB,
        Formation.DISTANCE,
        "fr",
        "EUR",
        None,
        MOMENT,
        tuple(parcels),
        None,
        tuple(
            ChargeFacts(each.delivery_method_id, each.name, each.amount_minor, each.vat_bp)
            for each in quote.charges
        ),
    )


@given(wanted, st.integers(0, 5_000), st.sampled_from(RATES), st.data())
def test_quote_order_and_parcels_agree_to_the_cent_whatever_is_given_up(
    lines: Sequence[tuple[int, int, int, int, int]], fee_minor: int, vat: int, data: st.DataObject
) -> None:
    quote = quote_of(lines, fee_minor, vat)
    first = {f"S{at}": one for at, (one, *_) in enumerate(lines)}
    second = {f"S{at}": two for at, (_one, two, *_) in enumerate(lines) if two}
    order = order_of(quote, [each for each in (first, second) if each])

    assert order.owed == quote.totals
    shares = sum(order.share_minor(each.id) for each in order.fulfillments)
    assert shares == quote.totals.total_minor
    assert sum(each.gross_minor for each in order.owed.vat) == order.owed.total_minor
    assert all(each.net_minor + each.vat_minor == each.gross_minor for each in order.owed.vat)

    parcels = tuple(
        replace(
            parcel,
            lines=tuple(
                replace(line, cancelled=data.draw(st.integers(0, line.quantity)))
                for line in parcel.lines
            ),
        )
        for parcel in order.fulfillments
    )
    left = replace(order, fulfillments=parcels)
    goods = sum(parcel.owed.total_minor for parcel in parcels)
    something = any(line.quantity > line.cancelled for each in parcels for line in each.lines)
    charged = fee_minor if something else 0
    assert left.owed.total_minor == goods + charged
    assert 0 <= left.owed.total_minor <= quote.totals.total_minor
    assert sum(each.gross_minor for each in left.owed.vat) == left.owed.total_minor
    for parcel in parcels:
        for line in parcel.lines:
            kept = line.priced(line.quantity - line.cancelled).amount_minor
            gone = replace(line, cancelled=0).worth_minor(line.cancelled)
            assert kept + gone == line.priced(line.quantity).amount_minor


@pytest.mark.parametrize(
    ("leaves", "days", "postcode", "first", "last", "off"),
    [
        # a Saturday is a working day, a Sunday is none
        ("2026-11-20", (1, 2), "33000", "2026-11-21", "2026-11-23", []),
        ("2026-11-22", (0, 0), "33000", "2026-11-23", "2026-11-23", []),
        # Christmas for everybody, Saint Stephen's day in Alsace and Moselle only
        ("2026-12-24", (1, 1), "33000", "2026-12-26", "2026-12-26", ["2026-12-25"]),
        ("2026-12-24", (1, 1), "67000", "2026-12-28", "2026-12-28", ["2026-12-25", "2026-12-26"]),
        ("2026-05-21", (0, 1), "97200", "2026-05-21", "2026-05-23", ["2026-05-22"]),
    ],
)
def test_working_days_are_those_of_where_it_arrives(  # noqa: PLR0917 (a row of a table)
    leaves: str,
    days: tuple[int, int],
    postcode: str,
    first: str,
    last: str,
    off: list[str],
) -> None:
    found = arrive(
        date.fromisoformat(leaves),
        days_min=days[0],
        days_max=days[1],
        country="FR",
        postcode=postcode,
    )

    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)
    assert [day.isoformat() for day in found.off] == off
