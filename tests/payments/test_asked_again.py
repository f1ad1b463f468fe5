"""A refund that was refused asks a person, and is asked for again out of its case."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

import orders.services
import stores.services
from kernel import delivery
from kernel.actors import SYSTEM, Actor, ActorKind
from orders.errors import CaseStands
from payments import gateway, jobs, services
from payments.errors import UnknownRefund
from payments.gateway import Answered
from stores.commands import HireStaff, StaffRole
from tests.conftest import as_key
from tests.payments.conftest import OWED, Till

CLAIRE = Actor(ActorKind.ADMIN, name="Claire", location_ids=None)


def tell(till: Till) -> None:
    """Deliver the news of refunds to those who open and settle cases; there is no order here."""
    till.session.execute(text("DELETE FROM delivery WHERE subscriber NOT LIKE '%refund-case'"))
    till.session.commit()
    while claims := delivery.claim_due(till.session):
        for claim in claims:
            delivery.deliver(till.session, claim)
    till.session.commit()


def cases(till: Till) -> list[Any]:
    return list(
        till.session.execute(
            text("SELECT id, kind, location_id, facts, owner_name, resolution FROM case_file")
        )
    )


def refuse(till: Till, refund_id: UUID) -> None:
    """Stripe says of the refund that is due that it failed."""
    (claim,) = services.claim_due(till.session, limit=1)
    assert claim.wish_id == refund_id
    assert services.begin(till.session, claim)
    answer = Answered(gateway.RefundFacts("re_1", "failed", 500, str(refund_id)))
    assert services.settle(till.session, claim, answer)


def test_a_refused_refund_is_head_offices_case_until_the_money_is_back(
    till: Till, client: FlaskClient
) -> None:
    staff_id = stores.services.hire_staff(till.session, HireStaff("Claire", StaffRole.ADMIN))
    key = stores.services.issue_key(
        till.session, name="desk", scopes=[], staff_id=staff_id, actor=SYSTEM
    )[1]
    till.session.commit()
    owed = till.captured()
    refund_id = till.refund(owed, 500)
    refuse(till, refund_id)
    tell(till)
    (case,) = cases(till)
    assert (case.kind, case.location_id) == ("money", None)
    assert case.facts == {
        "refund_id": str(refund_id),
        "amount_minor": 500,
        "code": "refund failed",
    }
    associate = replace(CLAIRE, permissions=frozenset({"cases.work"}))
    with pytest.raises(CaseStands):
        orders.services.resolve_case(till.session, case.id, resolution="Called.", actor=associate)
    asked = client.post(f"/api/v1/cases/{case.id}/retry-refund", headers=as_key(key))
    assert asked.status_code == 200, asked.text
    assert asked.json["facts"]["refund_id"] != str(refund_id)
    tell(till)
    (case,) = cases(till)
    assert (case.facts, case.owner_name) == (asked.json["facts"], "Claire")
    assert case.resolution is None
    jobs.settle_due()
    tell(till)
    (case,) = cases(till)
    assert case.resolution == "given back"
    assert till.payments(owed) == [("captured", True, OWED, 500)]
    assert till.wishes(owed)[1:] == [("refund", 500, "withdrawn"), ("refund", 500, "done")]


def test_a_refund_is_asked_for_again_once_only(till: Till) -> None:
    owed = till.captured()
    refund_id = till.refund(owed, 500)
    with pytest.raises(UnknownRefund):
        services.retry_refund(till.session, refund_id)
    refuse(till, refund_id)
    services.retry_refund(till.session, refund_id)
    with pytest.raises(UnknownRefund):
        services.retry_refund(till.session, refund_id)
