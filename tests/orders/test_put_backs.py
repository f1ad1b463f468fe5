"""Put-backs: what lies in a bin nobody collects is for sale again once it is on the shelf."""

from typing import Any

import pytest
from sqlalchemy import Connection, text

from app.cli.check import run_checks
from tests.orders.test_substitutes import level
from tests.unmoved import nothing_moves, problem


def open_bins(counter: Any, *, key: str | None = None) -> list[dict[str, Any]]:
    response = counter.client.get(
        "/api/v1/put-backs?store=lyon",
        headers={"Authorization": f"Bearer {key or counter.shop.associate}"},
    )
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json["put_backs"]
    return found


@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_what_was_in_the_bin_is_for_sale_after_it_was_put_back(counter: Any, end: str) -> None:
    counter.bring_to("ready")
    counter.do("cancel") if end == "cancel" else counter.expire()
    assert (level(counter, "TENT-2P"), level(counter, "MUG-BLUE")) == ((10, 1, 0), (10, 2, 0))
    (task,) = open_bins(counter)
    assert (task["bin"], task["quantities"], task["overdue"]) == (
        "A1",
        {"TENT-2P": 1, "MUG-BLUE": 2},
        False,
    )
    assert run_checks() == []
    done = counter.ask(f"put-backs/{task['id']}/done", {})
    assert (done.status_code, done.json) == (200, {"id": task["id"]})
    assert (level(counter, "TENT-2P"), level(counter, "MUG-BLUE")) == ((10, 0, 0), (10, 0, 0))
    assert open_bins(counter) == []
    assert run_checks() == []


def test_only_what_was_picked_has_to_be_put_back(counter: Any) -> None:
    counter.bring_to("picking")
    counter.do("pick", {"items": [{"sku": "MUG-BLUE", "quantity": 1}]})
    counter.do("cancel")
    assert (level(counter, "TENT-2P"), level(counter, "MUG-BLUE")) == ((10, 0, 0), (10, 1, 0))
    (task,) = open_bins(counter)
    assert (task["bin"], task["quantities"]) == (None, {"MUG-BLUE": 1})
    assert run_checks() == []


def test_what_was_collected_already_is_not_put_back(counter: Any) -> None:
    counter.bring_to("partly")
    counter.expire()
    (task,) = open_bins(counter)
    assert task["quantities"] == {"MUG-BLUE": 2}
    assert run_checks() == []


def test_nothing_to_put_back_where_nothing_was_picked(counter: Any) -> None:
    counter.bring_to("accepted")
    counter.do("cancel")
    assert open_bins(counter) == []
    assert level(counter, "MUG-BLUE") == (10, 0, 0)


def test_what_is_damaged_is_written_off_and_what_is_in_doubt_is_counted(counter: Any) -> None:
    counter.bring_to("ready")
    counter.do("cancel")
    (task,) = open_bins(counter)
    others = [
        {"sku": "MUG-BLUE", "quantity": 1, "disposition": "write_off"},
        {"sku": "TENT-2P", "quantity": 1, "disposition": "quarantine"},
    ]
    assert counter.ask(f"put-backs/{task['id']}/done", {"others": others}).status_code == 200
    assert (level(counter, "TENT-2P"), level(counter, "MUG-BLUE")) == ((10, 0, 1), (9, 0, 0))
    to_count = counter.session.execute(text("SELECT sku FROM count_task WHERE closed_at IS NULL"))
    assert list(to_count.scalars()) == ["TENT-2P"]
    assert run_checks() == []


def test_it_is_done_once_by_somebody_of_the_store_and_never_more_than_is_there(
    counter: Any, connection: Connection
) -> None:
    counter.bring_to("ready")
    counter.do("cancel")
    (task,) = open_bins(counter)
    path = f"put-backs/{task['id']}/done"
    with nothing_moves(connection):
        elsewhere = counter.ask(path, {}, key=counter.shop.paris_associate)
        assert problem(elsewhere) == (404, "unknown-put-back")
        many = [{"sku": "MUG-BLUE", "quantity": 3, "disposition": "write_off"}]
        too_many = counter.ask(path, {"others": many})
        assert problem(too_many) == (422, "not-in-bin")
    assert counter.ask(path, {}).status_code == 200
    with nothing_moves(connection):
        assert problem(counter.ask(path, {})) == (404, "unknown-put-back")
