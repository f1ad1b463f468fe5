"""`comptoir key`: what a key that brings another shop's orders may be given."""

from typing import Any
from uuid import UUID

from kernel.ids import new_id


def test_a_key_that_brings_orders_names_its_shop_and_can_do_nothing_beside(
    installation: Any,
) -> None:
    def issue(*said: str) -> Any:
        return installation.run("key", "issue", "--name", "e-shop", *said)

    def keys() -> Any:
        return installation.rows("SELECT source, order_max_minor, day_max_minor FROM api_key")

    for said, why in (
        (("--scope", "orders.bring"), "--source"),
        (("--scope", "orders.read", "--order-max-minor", "5"), "--source"),
        (("--scope", "stock.adjust", "--source", "eshop"), "may have"),
        (("--scope", "orders.bring", "--source", " "), "at most 40"),
        (("--role", "agent", "--source", "eshop"), "may have"),
    ):
        refused = issue(*said)
        assert (refused.exit_code, why in refused.output) == (2, True), refused.output
    assert keys() == []
    issued = issue("--scope", "orders.bring", "--source", " eshop ", "--order-max-minor", "50000")
    assert issued.exit_code == 0, issued.output
    assert keys() == [("eshop", 50_000, None)]
    key_id = UUID(issued.output.split("Id ")[1].split(".")[0])
    trust = ("--source", "eshop", "--day-max-minor", "90000")
    assert installation.run("key", "trust", str(key_id), *trust).exit_code == 0
    assert keys() == [("eshop", None, 90_000)]
    nobody = installation.run("key", "trust", str(new_id()), *trust)
    assert (nobody.exit_code, "No such key" in nobody.output) == (1, True)
    assert installation.rows(
        "SELECT facts ->> 'source', facts ->> 'order_max_minor', facts ->> 'day_max_minor'"
        " FROM event WHERE name = 'key.trusted.v1' ORDER BY id"
    ) == [("eshop", "50000", None), ("eshop", None, "90000")]
