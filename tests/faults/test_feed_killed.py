"""A feed whose program is killed half-way goes on where it stopped, with every line once."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, text

from catalog.commands import ListSku
from catalog.services import list_skus
from inventory.services import receive
from kernel.actors import SYSTEM
from kernel.db import transaction
from tests.support.installation import Installation
from tests.support.vendors import eventually

SKUS = tuple(f"FED-{place:04}" for place in range(1_500))


def test_a_feed_that_was_killed_goes_on_and_applies_every_line_once(
    house: Installation, tmp_path: Path
) -> None:
    shop, quantities = house.shop, dict.fromkeys(SKUS, 10)
    with house.inside(), transaction() as session:
        listed = [ListSku(sku, sku, {"fr": sku}, 100, "EUR", 2000) for sku in SKUS]
        list_skus(session, listed, brand_id=shop.brand_id)
        for location_id in (shop.lyon, shop.paris):
            receive(session, location_id=location_id, quantities=quantities, actor=SYSTEM)
    file = tmp_path / "changes.csv"
    lines = [f"{store},{sku},3" for store in ("paris", "lyon") for sku in reversed(SKUS)]
    file.write_text("\n".join(["store,sku,quantity", *lines]))
    feed = ("stock", "feed", str(file), "--source", "erp", "--sequence", "1", "--delta")
    feed = (*feed, "--as-of", datetime.now(UTC).isoformat())

    engine = create_engine(house.environment["DATABASE_URL"])
    with engine.begin() as in_the_way:
        last = "SELECT FROM stock_level WHERE location_id = :at AND sku = :sku FOR UPDATE"
        in_the_way.execute(text(last), {"at": shop.paris, "sku": SKUS[-1]})
        running = house.start(*feed)
        eventually(lambda: waiting(house), within_s=60)
        before = applied(house)
        running.kill()
    engine.dispose()
    assert 0 < applied(house) == before < len(lines)
    ended = house.run(*feed)

    assert (ended.returncode, ended.stdout.split(", ")[0]) == (
        0,
        "3,000 lines of erp 1: 3,000 levels changed",
    )
    levels = house.rows(
        "SELECT min(on_hand) AS least, max(on_hand) AS most, count(*) AS levels"
        " FROM stock_level WHERE starts_with(sku, 'FED-')"
    )
    assert levels == [{"least": 13, "most": 13, "levels": 3_000}]
    assert house.broken() == []


def applied(house: Installation) -> int:
    rows = house.rows("SELECT coalesce(max(applied), 0) AS applied FROM stock_feed")
    return int(rows[0]["applied"])


def waiting(house: Installation) -> bool:
    """Tell whether the feed has come to the level that somebody else holds."""
    return bool(house.rows("SELECT pid FROM pg_locks WHERE NOT granted"))
