"""What stock gives people to do, what runs short, and the ledger with its running figures."""

from sqlalchemy import text
from sqlalchemy.orm import Session

import inventory.queries
import inventory.services
from inventory.commands import Adjust, AdjustReason, ExpectGoods, OpenCount
from inventory.queries import Work
from kernel.actors import SYSTEM
from kernel.clock import db_now
from tests.conftest import Shop


def test_work_is_counted_by_location_and_kind(session: Session, shop: Shop) -> None:
    inventory.services.ask_count(
        session, location_id=shop.lyon, skus=["BOOK", "MUG-BLUE"], note=None, actor=SYSTEM
    )
    session.execute(
        text("UPDATE count_task SET due_at = now() - interval '1 h' WHERE sku = 'BOOK'")
    )
    command = OpenCount(shop.paris, ["BOOK"])
    count_id = inventory.services.open_count(session, command, actor=SYSTEM)
    inventory.services.enter_count(session, count_id, counted={"BOOK": 1}, actor=SYSTEM)
    inventory.services.submit_count(session, count_id, actor=SYSTEM)
    day = db_now(session).date()
    inventory.services.expect_goods(
        session, ExpectGoods(shop.paris, {"BOOK": 2}, day), actor=SYSTEM
    )
    found = inventory.queries.count_work(session)
    assert found == {
        shop.lyon: Work(tasks=2, late=1),
        shop.paris: Work(counts=1, to_decide=1, incoming=1),
    }
    here = inventory.queries.count_work(session, location_ids=[shop.paris])
    assert here == {shop.paris: found[shop.paris]}


def test_what_runs_short_is_what_is_available_not_what_lies_there(
    session: Session, shop: Shop
) -> None:
    command = Adjust(shop.lyon, {"BOOK": -8, "MUG-BLUE": -7}, AdjustReason.LOST)
    inventory.services.adjust(session, command, actor=SYSTEM)
    short = inventory.queries.list_scarce(session, location_id=shop.lyon, units=2)
    wider = inventory.queries.list_scarce(session, location_id=shop.lyon, units=3, after="BOOK")
    assert [(each.sku, each.available) for each in short] == [("BOOK", 2)]
    assert [(each.sku, each.available) for each in wider] == [("MUG-BLUE", 3)]
    assert inventory.queries.list_scarce(session, location_id=shop.paris, units=2) == []


def test_the_ledger_tells_what_stood_after_each_line_on_every_page(
    session: Session, shop: Shop
) -> None:
    for delta in (-3, 5):
        command = Adjust(shop.lyon, {"BOOK": delta}, AdjustReason.CORRECTION)
        inventory.services.adjust(session, command, actor=SYSTEM)
    lines = inventory.queries.list_ledger(session, location_id=shop.lyon, sku="BOOK", limit=2)
    older = inventory.queries.list_ledger(
        session, location_id=shop.lyon, sku="BOOK", before=lines[-1].movement.id
    )
    first = older[0].movement.recorded_at
    then = inventory.queries.list_ledger(session, location_id=shop.lyon, sku="BOOK", at=first)
    assert [each.on_hand for each in (*lines, *older)] == [12, 7, 10]
    assert then == older
    assert inventory.queries.list_ledger(session, location_id=shop.lyon, sku="NOTHING") == []
