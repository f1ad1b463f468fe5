"""What `comptoir check` says when the books of tills do not agree."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cli.check import run_checks
from tests.support.till import Till, line


@pytest.mark.parametrize(
    ("broken", "checks"),
    [
        ("UPDATE pos_receipt SET order_id = NULL WHERE seq = 1", {"SALE-01"}),
        ("UPDATE pos_receipt SET return_id = NULL WHERE seq = 2", {"SALE-01"}),
        ("UPDATE pos_receipt SET answer = '{}' WHERE seq = 1", {"SALE-01"}),
        ("DELETE FROM pos_receipt WHERE seq = 1", {"SALE-01"}),
        ("UPDATE order_line SET quantity = 3, unit_price_minor = 910, price_per = 3", {"SALE-02"}),
        ("UPDATE till_payment SET amount_minor = 1", {"SALE-02"}),
        ("UPDATE goods_return_line SET quantity = 9", {"RETURN-01"}),
    ],
)
def test_what_is_told_twice_or_not_at_all_is_found(
    till: Till, session: Session, broken: str, checks: set[str]
) -> None:
    number = till.ring_up(line("BOOK", 2, 910)).json["order_number"]
    back = till.ring_up(line("BOOK", 1, 455), kind="return", order_number=number)
    assert back.status_code == 201
    assert run_checks() == []
    session.execute(text(broken))
    session.commit()
    assert {finding.check.id for finding in run_checks()} == checks
