"""A sale at the till sends few statements, and no more for more lines."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from catalog.commands import ListSku
from catalog.services import list_skus
from inventory.services import receive
from kernel.actors import SYSTEM
from tests.conftest import Shop
from tests.support.counting import counted
from tests.support.till import Till, line

SELLING_MAX = 16
"""Two for the signature, one for when the till was last heard, the others for the sale."""


def test_a_sale_sends_few_statements_and_no_more_for_forty_lines(
    till: Till, session: Session, shop: Shop, engine: Engine
) -> None:
    skus = [
        ListSku(f"WIDE-{at:02}", f"WIDE-{at:02}", {"fr": f"Article {at}"}, 100, "EUR", 2000)
        for at in range(40)
    ]
    list_skus(session, skus, brand_id=shop.brand_id)
    stock = {each.sku: 5 for each in skus}
    receive(session, location_id=shop.lyon, quantities=stock, actor=SYSTEM)
    session.commit()
    assert till.ring_up(line("BOOK", 1, 455)).status_code == 201
    counts = []
    for wanted in (skus[:1], skus):
        with counted(engine) as sent:
            sold = till.ring_up(*(line(each.sku, 1, 100) for each in wanted))
        assert sold.status_code == 201
        counts.append(len(sent))
    assert counts[0] == counts[1], counts
    assert counts[0] <= SELLING_MAX, sent
