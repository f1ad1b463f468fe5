"""However a till's receipts arrive, the books end the same."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.cli.check import run_checks
from tests.conftest import Shop
from tests.pos_adapter.conftest import Books, open_till
from tests.support.till import Till, line

PRICES = {"TENT-2P": 8990, "MUG-BLUE": 1290, "BOOK": 455}
sales = st.lists(
    st.tuples(
        st.sampled_from(["sale", "return"]),
        st.dictionaries(st.sampled_from(sorted(PRICES)), st.integers(1, 2), min_size=1),
    ),
    min_size=1,
    max_size=5,
)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Any], list[list[int]]]:
    """Draw what two tills did, and the batches in which it arrives: again, reversed, cut."""
    done = draw(sales)
    places = draw(st.permutations(list(range(len(done))) * 2))
    cut = draw(st.integers(0, len(places)))
    first = places[:cut]
    return done, [first, places, list(reversed(range(len(done))))]


def state(books: Books, tills: list[Till]) -> dict[str, Any]:
    """Return what the books say of these tills, without what no two runs have alike."""
    ids = [till.id for till in tills]
    return {
        "levels": [books.level(sku)[0] for sku in PRICES],
        "orders": books.rows(
            "SELECT r.seq, l.sku, l.quantity, p.amount_minor FROM pos_receipt r"
            " JOIN order_line l ON l.order_id = r.order_id"
            " JOIN till_payment p ON p.reference_id = r.order_id"
            " WHERE r.terminal_id = ANY(CAST(:ids AS uuid[])) ORDER BY r.ticket_number, l.sku",
            ids=ids,
        ),
        "returns": books.rows(
            "SELECT r.seq, l.sku, l.quantity FROM pos_receipt r"
            " JOIN goods_return_line l ON l.return_id = r.return_id"
            " WHERE r.terminal_id = ANY(CAST(:ids AS uuid[])) ORDER BY r.ticket_number, l.sku",
            ids=ids,
        ),
    }


def receipts(done: list[Any], tills: list[Till]) -> list[tuple[Till, dict[str, Any]]]:
    """Return what happened as the receipts of tills that take turns."""
    found = []
    for at, (kind, units) in enumerate(done):
        till = tills[at % len(tills)]
        lines = [line(sku, each, each * PRICES[sku]) for sku, each in units.items()]
        found.append((till, till.receipt(*lines, kind=kind)))
    return found


def deliver(told: list[tuple[Till, dict[str, Any]]], places: list[int]) -> None:
    """Send a batch of each till with these receipts, in this order."""
    batches: dict[str, tuple[Till, list[dict[str, Any]]]] = {}
    for place in places:
        till, receipt = told[place]
        batches.setdefault(till.id, (till, []))[1].append(receipt)
    for till, batch in batches.values():
        answers = till.post("/receipts/batch", {"receipts": batch}).json["answers"]
        assert {each["outcome"] for each in answers} <= {"applied", "repeated"}


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(drawn=deliveries())
def test_receipts_that_arrive_twice_reversed_interleaved_or_cut_end_as_if_sent_once(
    drawn: tuple[list[Any], list[list[int]]],
    client: Any,
    session: Session,
    shop: Shop,
) -> None:
    done, arrivals = drawn
    books = Books(session, shop)
    before = [books.level(sku)[0] for sku in PRICES]
    tills = [open_till(client, session) for _ in range(2)]
    told = receipts(done, tills)

    for places in arrivals:
        deliver(told, places)
    end = state(books, tills)

    for (till, receipt), (kind, _) in zip(told, done, strict=True):
        assert till.post("/receipts", receipt).json["kind"] == kind
    assert state(books, tills) == end
    expected = dict(zip(PRICES, before, strict=True))
    for kind, units in done:
        for sku, each in units.items():
            expected[sku] += each if kind == "return" else -each
    found = books.rows(
        "SELECT coalesce(sum(on_hand_delta), 0) AS n FROM stock_movement WHERE kind = 'found'"
    )
    if not found[0]["n"]:  # beyond what is booked, a sale finds what it needs
        assert end["levels"] == list(expected.values())
    sold = [units for kind, units in done if kind == "sale"]
    assert sum(row["quantity"] for row in end["orders"]) == sum(sum(u.values()) for u in sold)
    assert len(end["returns"]) == sum(len(u) for kind, u in done if kind == "return")
    assert run_checks() == []
