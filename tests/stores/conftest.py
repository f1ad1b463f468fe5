"""People who run stores, and what they do over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

import stores.services
from kernel.actors import SYSTEM
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop, as_key, order_body
from tests.orders.conftest import Counter

Ask = Callable[..., Any]


@pytest.fixture
def admin(session: Session, shop: Shop) -> str:
    """The key of head office."""
    staff_id = stores.services.hire_staff(session, HireStaff("Ada", StaffRole.ADMIN))
    key = stores.services.issue_key(session, name="Ada", scopes=[], staff_id=staff_id, actor=SYSTEM)
    session.commit()
    return key[1]


@pytest.fixture
def ask(client: Any, shop: Shop) -> Ask:
    """POST something to the API, as the manager of Lyon unless another key is given."""

    def post(path: str, body: Any = None, *, key: str = "") -> Any:
        return client.post(f"/api/v1/{path}", json=body or {}, headers=as_key(key or shop.manager))

    return post


@pytest.fixture
def see(client: Any, shop: Shop) -> Ask:
    """GET something from the API, as the manager of Lyon unless another key is given."""

    def get(path: str, *, key: str = "") -> Any:
        return client.get(f"/api/v1/{path}", headers=as_key(key or shop.manager))

    return get


@pytest.fixture
def order(client: Any, shop: Shop) -> Ask:
    """Order a tent and two mugs through the e-shop."""

    def place(**changes: Any) -> Any:
        return client.post(
            "/api/v1/orders", json=order_body(**changes), headers=as_key(shop.integration)
        )

    return place


@pytest.fixture
def counter(client: Any, session: Session, shop: Shop) -> Counter:
    """A parcel of Lyon that can be brought to any state."""
    return Counter(client, session, shop)


def ahead(**by: float) -> str:
    """Return an instant to come, as JSON."""
    return (datetime.now(UTC) + timedelta(**by)).isoformat()
