"""Whoever changes an order pays for its goods what these cost with the promotions it has."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.cli.check import run_checks
from kernel.actors import SYSTEM
from kernel.links import order_token
from orders import services
from orders.commands import PromotionKind, PromotionOn
from tests.orders.conftest import Counter
from tests.orders.test_amending import BOOK, MUG, amend, lines, read
from tests.orders.test_amending_ways import promote
from tests.orders.test_parts import LYON, PARIS, part, place
from tests.unmoved import nothing_moves, problem


def several(counter: Counter, **changes: Any) -> UUID:
    """Have one of three articles for nothing, whichever they are."""
    what = {"on_what": PromotionOn.EVERYTHING, "on_code": None, "take": 3, "pay": 2, **changes}
    return promote(counter, kind=PromotionKind.N_FOR_M, amount=None, uses_max=50, **what)


def total(counter: Counter, version: int, **change: Any) -> int:
    """Change the order at hand, as its preview says and as every check allows; what it costs."""
    change = {"lines": lines(**change.pop("to"))} if "to" in change else change
    preview = amend(counter, version=version, path="/preview", **change)
    amended = amend(counter, version=version, **change)
    assert amended.status_code == 201, amended.text
    assert preview.json["total_minor"] == amended.json["total_minor"]
    counter.session.commit()
    assert [each.check.id for each in run_checks()] == []
    return int(amended.json["total_minor"])


def order(counter: Counter, **quantities: int) -> int:
    """Place an order in Lyon instead of the one at hand; return what it costs."""
    if counter.order:
        assert counter.do("cancel").status_code == 200
    items = [{"sku": each["sku"], "quantity": each["quantity"]} for each in lines(**quantities)]
    return int(counter.place(items=items).json["total_minor"])


def test_goods_cost_the_same_whether_they_are_ordered_at_once_or_by_and_by(
    counter: Counter,
) -> None:
    promotion_id = several(counter)

    assert order(counter, MUG_BLUE=2, BOOK=1) == 2 * MUG
    assert total(counter, 1, to={"MUG_BLUE": 0}) == BOOK  # no free article is left
    assert total(counter, 2, to={"MUG_BLUE": 2}) == 2 * MUG  # and here it is again

    assert order(counter, MUG_BLUE=3) == 2 * MUG
    assert total(counter, 1, to={"MUG_BLUE": 1}) == MUG
    assert total(counter, 2, to={"MUG_BLUE": 3}) == 2 * MUG
    assert total(counter, 3, to={"MUG_BLUE": 2}) == 2 * MUG
    assert total(counter, 4, to={"MUG_BLUE": 5}) == 4 * MUG

    counter.do("cancel")
    place(counter, part(LYON, mug=2), part(PARIS, book=1))
    lyon, paris = (
        str(row.id)
        for row in counter.session.execute(
            text(
                "SELECT f.id FROM fulfillment f JOIN location l ON l.id = f.location_id"
                " WHERE f.order_id = :id ORDER BY l.code"
            ),
            {"id": counter.order["id"]},
        )
    )
    mine = order_token(UUID(counter.order["id"]))
    assert total(counter, 1, fulfillment_id=lyon, lines=lines(MUG_BLUE=1), key=mine) == MUG + BOOK
    move = [
        {"fulfillment_id": lyon, "lines": lines(MUG_BLUE=0)},
        {"fulfillment_id": paris, "lines": lines(MUG_BLUE=2, BOOK=1)},
    ]
    assert total(counter, 2, parcels=move, key=mine) == 2 * MUG

    counter.do("cancel")
    place(counter, part(LYON, mug=2), part(PARIS, book=1))
    assert counter.order["total_minor"] == 2 * MUG
    given = {each["location_id"]: each["id"] for each in read(counter)["fulfillments"]}
    mugs = given[str(counter.shop.lyon)]
    mine = order_token(UUID(counter.order["id"]))
    assert total(counter, 1, fulfillment_id=mugs, lines=lines(MUG_BLUE=0), key=mine) == BOOK

    order(counter, MUG_BLUE=3)
    services.withdraw_promotion(counter.session, promotion_id, actor=SYSTEM)
    counter.session.commit()
    assert total(counter, 1, to={"BOOK": 1}) == 2 * MUG + BOOK  # what it had it keeps
    assert total(counter, 2, to={"MUG_BLUE": 4}) == 3 * MUG + BOOK  # what comes has today's
    assert total(counter, 3, to={"MUG_BLUE": 2}) == 2 * MUG  # the book is the third one now
    assert total(counter, 4, to={"BOOK": 0}) == 2 * MUG

    several(counter, code="FIVE", take=5, pay=1)
    assert order(counter, MUG_BLUE=5) == MUG
    assert total(counter, 1, to={"MUG_BLUE": 4}) == MUG  # four cost more: what was agreed holds
    assert total(counter, 2, to={"BOOK": 1}) == MUG  # and five articles have the promotion
    used = text("SELECT count(*) FROM promotion_use WHERE order_id = :id")
    assert counter.session.execute(used, {"id": counter.order["id"]}).scalar_one() == 1

    counter.session.execute(text("UPDATE price SET amount_minor = 1490 WHERE sku = 'MUG-BLUE'"))
    counter.session.commit()
    with nothing_moves(counter.session.connection()):
        refused = amend(counter, version=3, lines=lines(MUG_BLUE=5))
    assert problem(refused) == (409, "line-price-changed")
