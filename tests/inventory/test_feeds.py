"""Feeds of other systems: what they say becomes true as of their instant, and nothing is lost."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import inventory.jobs
import inventory.services
import stores.services
from app.cli.check import run_checks
from catalog.commands import ListSku
from catalog.services import list_skus
from inventory import queries
from inventory.commands import DeclareFeed, FeedBatch, FeedKind, FeedRow
from kernel import delivery
from kernel.actors import SYSTEM
from kernel.ids import new_id
from tests.conftest import Shop, as_key
from tests.unmoved import nothing_moves, problem


@pytest.fixture
def pusher(session: Session, shop: Shop) -> str:
    _, key = stores.services.issue_key(
        session, name="erp", scopes=["feeds.push", "feeds.read"], actor=SYSTEM
    )
    session.commit()
    return key


def now(session: Session) -> datetime:
    found: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found.astimezone(UTC)


def push(client: Any, key: str, lines: list[tuple[str, str, Any]], **more: Any) -> Any:
    """Push lines as CSV, as the source `erp`."""
    query = {"source": "erp", "sequence": 1, **more.pop("query", {}), **more}
    query = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in query.items()
    }
    body = "\n".join(["store;sku;quantity", *(";".join(map(str, line)) for line in lines)])
    return client.post(
        "/api/v1/stock/feeds",
        query_string=query,
        data=body,
        content_type="text/csv",
        headers=as_key(key),
    )


def on_hand(session: Session, shop: Shop) -> dict[tuple[str, str], int]:
    rows = session.execute(
        text(
            "SELECT l.code, s.sku, s.on_hand FROM stock_level s"
            " JOIN location l ON l.id = s.location_id"
        )
    )
    return {(code, sku): units for code, sku, units in rows}


def conflicts(client: Any, key: str, feed: Any) -> list[tuple[Any, ...]]:
    shown = client.get(
        f"/api/v1/stock/feeds/{feed.json['id']}/conflicts",
        headers={"Authorization": f"Bearer {key}"},
    ).json
    return [
        (each["line"], each["store"], each["sku"], each["kind"], each["theirs"], each["ours"])
        for each in shown["conflicts"]
    ]


def settled(client: Any, key: str, feed: Any) -> Any:
    """Apply what has come; return the feed."""
    inventory.jobs.apply_feeds()
    return client.get(
        f"/api/v1/stock/feeds/{feed.json['id']}", headers={"Authorization": f"Bearer {key}"}
    ).json


def hand_over(session: Session, location_id: UUID, sku: str, quantity: int) -> None:
    owed = new_id()
    at: dict[str, Any] = {
        "fulfillment_id": owed,
        "location_id": location_id,
        "quantities": {sku: quantity},
    }
    inventory.services.reserve(session, **at)
    inventory.services.hand_over(session, **at)
    if not session.in_nested_transaction():
        session.commit()


def test_a_snapshot_becomes_what_is_on_hand_and_says_nothing_of_stores_it_does_not_name(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    feed = push(client, pusher, [("lyon", "BOOK", 4), ("lyon", "MUG-BLUE", 10)], as_of=now(session))
    assert (feed.status_code, feed.json["status"], feed.json["lines"]) == (202, "applying", 2)
    done = settled(client, pusher, feed)
    assert (done["status"], done["applied"], done["changed"], done["conflicts"]) == (
        "done",
        2,
        2,
        0,
    )
    assert on_hand(session, shop) == {
        ("lyon", "BOOK"): 4,
        ("lyon", "MUG-BLUE"): 10,
        ("lyon", "TENT-2P"): 0,
        ("paris", "BOOK"): 10,
        ("paris", "MUG-BLUE"): 10,
        ("paris", "TENT-2P"): 10,
    }
    last = queries.list_movements(session, location_id=shop.lyon, sku="BOOK")[0]
    assert (last.kind, last.on_hand_delta, last.cause, str(last.cause_id)) == (
        "adjusted",
        -6,
        "feed",
        done["id"],
    )
    assert (last.reason or "").startswith("erp 1, as of 20")
    assert run_checks() == []


def test_what_moved_since_the_snapshot_is_added_and_never_lost(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    before = now(session)
    hand_over(session, shop.lyon, "BOOK", 3)
    inventory.services.receive(
        session, location_id=shop.lyon, quantities={"BOOK": 5, "TENT-2P": 2}, actor=SYSTEM
    )
    session.commit()
    feed = push(client, pusher, [("lyon", "BOOK", 20), ("lyon", "MUG-BLUE", 10)], as_of=before)
    settled(client, pusher, feed)
    levels = on_hand(session, shop)
    assert levels["lyon", "BOOK"] == 20 - 3 + 5
    assert levels["lyon", "TENT-2P"] == 0 + 2
    assert run_checks() == []


def test_a_count_since_the_snapshot_wins_and_is_reported(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    before = now(session)
    inventory.services.set_counted(
        session, location_id=shop.lyon, quantities={"BOOK": 7}, reason="counted"
    )
    session.commit()
    lines = [("lyon", "BOOK", 4), ("lyon", "MUG-BLUE", 10), ("lyon", "TENT-2P", 10)]
    feed = push(client, pusher, lines, as_of=before)
    settled(client, pusher, feed)
    assert on_hand(session, shop)["lyon", "BOOK"] == 7
    assert conflicts(client, pusher, feed) == [(2, "lyon", "BOOK", "counted_since", 1, 7)]


def test_an_earlier_count_yields_to_the_snapshot(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    inventory.services.set_counted(
        session, location_id=shop.paris, quantities={"BOOK": 7}, reason="counted"
    )
    session.commit()
    lines = [("paris", sku, 4) for sku in ("BOOK", "MUG-BLUE", "TENT-2P")]
    feed = push(client, pusher, lines, as_of=now(session))
    settled(client, pusher, feed)
    assert on_hand(session, shop)["paris", "BOOK"] == 4
    assert conflicts(client, pusher, feed) == []


def test_a_source_that_does_not_know_our_hand_overs_has_those_since_its_last_snapshot_taken_off(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    lines = [("lyon", sku, 10) for sku in ("BOOK", "MUG-BLUE", "TENT-2P")]
    hand_over(session, shop.lyon, "BOOK", 1)  # before the first snapshot: the source knows by now
    settled(client, pusher, push(client, pusher, lines, as_of=now(session)))
    assert on_hand(session, shop)["lyon", "BOOK"] == 10
    hand_over(session, shop.lyon, "BOOK", 2)
    hand_over(session, shop.lyon, "MUG-BLUE", 4)
    at = now(session)
    hand_over(session, shop.lyon, "BOOK", 3)
    settled(client, pusher, push(client, pusher, lines, sequence=2, as_of=at))
    assert on_hand(session, shop)["lyon", "BOOK"] == 10 - 2 - 3
    assert on_hand(session, shop)["lyon", "MUG-BLUE"] == 10 - 4
    told = push(client, pusher, lines, sequence=3, as_of=now(session), contains_hand_overs="true")
    settled(client, pusher, told)
    assert on_hand(session, shop)["lyon", "BOOK"] == 10
    assert run_checks() == []


def test_goods_found_at_the_hand_over_moved_nothing(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    owed = new_id()
    at: dict[str, Any] = {"location_id": shop.lyon, "quantities": {"BOOK": 5}}
    inventory.services.reserve(session, fulfillment_id=owed, **at)
    inventory.services.set_counted(
        session, location_id=shop.lyon, quantities={"BOOK": 2}, reason="counted"
    )
    session.commit()
    before = now(session)
    inventory.services.hand_over(session, fulfillment_id=owed, **at)
    session.commit()
    lines = [("lyon", "BOOK", 8), ("lyon", "MUG-BLUE", 10), ("lyon", "TENT-2P", 10)]
    settled(client, pusher, push(client, pusher, lines, as_of=before))
    assert on_hand(session, shop)["lyon", "BOOK"] == 8 - 5


def test_below_nothing_becomes_nothing_with_a_conflict_and_a_count(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    before = now(session)
    hand_over(session, shop.lyon, "BOOK", 3)
    lines = [("lyon", "BOOK", 1), ("lyon", "MUG-BLUE", 10), ("lyon", "TENT-2P", 10)]
    feed = push(client, pusher, lines, as_of=before)
    settled(client, pusher, feed)
    assert on_hand(session, shop)["lyon", "BOOK"] == 0
    assert conflicts(client, pusher, feed) == [(2, "lyon", "BOOK", "below_zero", -2, 7)]
    tasks = session.execute(text("SELECT location_id, sku, cause FROM count_task")).all()
    assert [tuple(task) for task in tasks] == [(shop.lyon, "BOOK", "feed")]


def test_a_promise_that_a_feed_cannot_cover_is_a_shortage_until_a_feed_covers_it(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    inventory.services.reserve(
        session, fulfillment_id=new_id(), location_id=shop.lyon, quantities={"BOOK": 6}
    )
    session.commit()
    others = [("lyon", "MUG-BLUE", 10), ("lyon", "TENT-2P", 10)]
    feed = push(client, pusher, [("lyon", "BOOK", 4), *others], as_of=now(session))
    settled(client, pusher, feed)
    cases = text("SELECT sku, missing, closed_at IS NULL FROM shortage_case")
    assert [tuple(row) for row in session.execute(cases)] == [("BOOK", 2, True)]
    feed = push(client, pusher, [("lyon", "BOOK", 9), *others], sequence=2, as_of=now(session))
    settled(client, pusher, feed)
    assert [tuple(row) for row in session.execute(cases)] == [("BOOK", 2, False)]


def test_lines_that_cannot_be_taken_are_reported_and_what_they_may_mean_is_left_alone(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    lines = [
        ("lyon", "BOOK", 4),
        ("lyon", "BOOK", 5),
        ("lyon", "TENT-2P", "many"),
        ("nowhere", "BOOK", 1),
        ("lyon", "NEVER", 1),
        ("lyon", "TENT-2P", -1),
        ("paris", "", 3),
        ("paris", "BOOK", 6),
    ]
    feed = push(client, pusher, lines, as_of=now(session))
    done = settled(client, pusher, feed)
    assert (done["lines"], done["applied"], done["changed"], done["conflicts"]) == (8, 8, 3, 6)
    assert sorted(conflicts(client, pusher, feed)) == [
        (3, "lyon", "BOOK", "repeated", 5, None),
        (4, "lyon", "TENT-2P", "unreadable", None, None),
        (5, "nowhere", "BOOK", "unknown_store", 1, None),
        (6, "lyon", "NEVER", "unknown_sku", 1, None),
        (7, "lyon", "TENT-2P", "unreadable", None, None),
        (8, "paris", "", "unreadable", None, None),
    ]
    assert on_hand(session, shop) == {
        ("lyon", "BOOK"): 4,
        ("lyon", "MUG-BLUE"): 0,
        ("lyon", "TENT-2P"): 10,
        ("paris", "BOOK"): 6,
        ("paris", "MUG-BLUE"): 10,
        ("paris", "TENT-2P"): 10,
    }


def test_a_line_of_no_readable_store_leaves_every_store_alone(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    feed = push(client, pusher, [("", "", 4), ("lyon", "BOOK", 3)], as_of=now(session))
    settled(client, pusher, feed)
    levels = on_hand(session, shop)
    assert (levels["lyon", "BOOK"], levels["lyon", "MUG-BLUE"]) == (3, 10)


def test_changes_add_and_the_same_sku_twice_adds_up(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    lines = [("lyon", "BOOK", 4), ("lyon", "BOOK", -1), ("paris", "BOOK", "-12")]
    feed = push(client, pusher, lines, kind="delta", as_of=now(session))
    done = settled(client, pusher, feed)
    assert (done["lines"], done["applied"], done["conflicts"]) == (3, 3, 1)
    levels = on_hand(session, shop)
    assert (levels["lyon", "BOOK"], levels["lyon", "MUG-BLUE"], levels["paris", "BOOK"]) == (
        13,
        10,
        0,
    )
    assert conflicts(client, pusher, feed) == [(4, "paris", "BOOK", "below_zero", -2, 10)]


def test_changes_that_contain_our_hand_overs_do_not_count_them_twice(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    settled(
        client,
        pusher,
        push(client, pusher, [("lyon", "BOOK", 1)], kind="delta", as_of=now(session)),
    )
    hand_over(session, shop.lyon, "BOOK", 3)
    told = push(
        client,
        pusher,
        [("lyon", "BOOK", -3 + 2)],  # our three, and two that came in
        sequence=2,
        kind="delta",
        as_of=now(session),
        contains_hand_overs="true",
    )
    settled(client, pusher, told)
    assert on_hand(session, shop)["lyon", "BOOK"] == 10 + 1 - 3 + 2


def test_an_article_that_was_never_stocked_gets_its_level(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    new = ListSku("LAMP", "LAMP", {"fr": "Lampe"}, 500, "EUR", 2000)
    list_skus(session, [new], brand_id=shop.brand_id)
    session.commit()
    lines = [("paris", sku, 10) for sku in ("BOOK", "LAMP", "MUG-BLUE", "TENT-2P")]
    done = settled(client, pusher, push(client, pusher, lines, as_of=now(session)))
    assert done["changed"] == 1
    assert on_hand(session, shop)["paris", "LAMP"] == 10
    assert run_checks() == []


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_json_says_the_same_gzipped_or_not(
    client: Any, session: Session, shop: Shop, pusher: str, form: str
) -> None:
    lines = [
        {"store": "lyon", "sku": "BOOK", "quantity": 3},
        {"store": "lyon", "sku": "MUG-BLUE", "quantity": "9"},
        {"store": "lyon", "sku": "TENT-2P", "quantity": 2, "note": "}"},
    ]
    written = [*map(json.dumps, lines), '{"store": "lyon", "sku": "A", "sku": "B", "quantity": 1}']
    if form == "json":
        body, kind = f'{{"lines": [{", ".join(written)}]}}', "application/json"
    else:
        body, kind = "\n".join(written), "application/x-ndjson"
    feed = client.post(
        "/api/v1/stock/feeds",
        query_string={"source": "erp", "sequence": 1, "as_of": now(session).isoformat()},
        data=gzip.compress(body.encode()),
        headers={
            **as_key(pusher),
            "Content-Type": kind,
            "Content-Encoding": "gzip",
        },
    )
    assert feed.status_code == 202, feed.json
    settled(client, pusher, feed)
    assert on_hand(session, shop)["lyon", "BOOK"] == 3
    assert [each[3] for each in conflicts(client, pusher, feed)] == ["unreadable"] * 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sequence": 4}, "feed-out-of-order"),
        ({"sequence": 6, "as_of": -10}, "feed-out-of-order"),
        ({"sequence": 6, "as_of": +60}, "feed-out-of-order"),
        ({"kind": "delta"}, "feed-differs"),
        ({"contains_hand_overs": "true"}, "feed-differs"),
        ({"lines": [("lyon", "BOOK", 5)]}, "feed-differs"),
        ({"lines": [("lyon", "BOOK", 4), ("lyon", "MUG-BLUE", 1)]}, "feed-differs"),
    ],
)
def test_a_feed_out_of_order_or_unlike_itself_is_refused_and_nothing_moves(
    client: Any,
    session: Session,
    connection: Connection,
    shop: Shop,
    pusher: str,
    *,
    change: dict[str, Any],
    code: str,
) -> None:
    at = now(session)
    first: dict[str, Any] = {"sequence": 5, "as_of": at}
    lines = [("lyon", "BOOK", 4)]
    settled(client, pusher, push(client, pusher, lines, **first))
    change = dict(change)
    lines = change.pop("lines", lines)
    if "as_of" in change:
        change["as_of"] = at + timedelta(minutes=change["as_of"])
    with nothing_moves(connection):
        refused = push(client, pusher, lines, **{**first, **change})
    assert problem(refused) == (409, code)


def test_the_same_feed_again_is_the_same_feed(
    client: Any, session: Session, connection: Connection, shop: Shop, pusher: str
) -> None:
    query = {"as_of": now(session)}
    first = push(client, pusher, [("lyon", "BOOK", 4)], **query)
    settled(client, pusher, first)
    hand_over(session, shop.lyon, "BOOK", 1)
    again = push(client, pusher, [("lyon", "BOOK", 4)], **query)
    assert (again.status_code, again.json["id"], again.json["status"]) == (
        202,
        first.json["id"],
        "done",
    )
    inventory.jobs.apply_feeds()
    assert on_hand(session, shop)["lyon", "BOOK"] == 3


def test_a_feed_that_broke_off_goes_on_where_it_stopped(
    client: Any, session: Session, shop: Shop, pusher: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.imports.feeds.BATCH_LINES", 2)
    at = now(session).isoformat()
    lines = [("lyon", "BOOK", 1), ("lyon", "MUG-BLUE", 2), ("lyon", "TENT-2P", 3)]
    body = "store,sku,quantity\n" + "".join(f"{s},{k},{q}\n" for s, k, q in lines)
    query = {"source": "erp", "sequence": 1, "as_of": at}
    head = {**as_key(pusher), "Content-Type": "text/csv", "Content-Encoding": "gzip"}
    whole = gzip.compress(body.encode())
    broken = client.post("/api/v1/stock/feeds", query_string=query, data=whole[:-9], headers=head)
    assert problem(broken) == (422, "validation")
    inventory.jobs.apply_feeds()
    assert on_hand(session, shop)["lyon", "BOOK"] == 10
    state = text("SELECT status, lines FROM stock_feed")
    assert tuple(session.execute(state).one()) == ("receiving", 2)
    feed = client.post("/api/v1/stock/feeds", query_string=query, data=whole, headers=head)
    assert settled(client, pusher, feed)["lines"] == 3
    assert on_hand(session, shop)["lyon", "TENT-2P"] == 3


def test_a_later_feed_gives_up_one_that_never_came_to_its_end(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    at = now(session).isoformat()
    head = {**as_key(pusher), "Content-Type": "application/json"}
    broken = client.post(
        "/api/v1/stock/feeds",
        query_string={"source": "erp", "sequence": 1, "as_of": at},
        data='{"lines": [{"store": "lyon", "sku": "BOOK", "quantity": 1}',
        headers=head,
    )
    assert problem(broken) == (422, "validation")
    settled(client, pusher, push(client, pusher, [("lyon", "BOOK", 2)], sequence=2, as_of=at))
    listed = client.get(
        "/api/v1/stock/feeds?source=erp&limit=1", headers={"Authorization": f"Bearer {pusher}"}
    ).json
    assert [each["sequence"] for each in listed["feeds"]] == [2]
    older = client.get(
        f"/api/v1/stock/feeds?source=erp&cursor={listed['next']}",
        headers={"Authorization": f"Bearer {pusher}"},
    ).json
    assert [(each["sequence"], each["status"], each["failure"]) for each in older["feeds"]] == [
        (1, "refused", "It never came to its end; 2 came after it.")
    ]


@pytest.mark.parametrize(
    ("kind", "encoding", "body", "expected"),
    [
        ("text/csv", "identity", b"", (422, "validation")),
        ("text/csv", "identity", b"a,b,c\n1,2,3", (422, "validation")),
        ("text/csv", "identity", b"store,sku,quantity\n\xff,2,3", (422, "validation")),
        ("text/csv", "gzip", b"store,sku,quantity\n", (422, "validation")),
        ("application/json", "identity", b"[]", (422, "validation")),
        ("application/json", "identity", b'{"lines": []} more', (422, "validation")),
        ("text/plain", "identity", b"store,sku,quantity\n", (415, "unsupported-media-type")),
        ("text/csv", "br", b"store,sku,quantity\n", (415, "unsupported-media-type")),
    ],
)
def test_what_is_no_feed_is_refused(
    client: Any,
    session: Session,
    shop: Shop,
    pusher: str,
    *,
    kind: str,
    encoding: str,
    body: bytes,
    expected: tuple[int, str],
) -> None:
    before = on_hand(session, shop)
    refused = client.post(
        "/api/v1/stock/feeds",
        query_string={"source": "erp", "sequence": 1, "as_of": now(session).isoformat()},
        data=body,
        headers={**as_key(pusher), "Content-Type": kind, "Content-Encoding": encoding},
    )
    assert problem(refused) == expected
    inventory.jobs.apply_feeds()
    assert on_hand(session, shop) == before


def test_a_manager_sees_the_conflicts_of_their_own_stores(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    lines = [("lyon", "NEVER", 4), ("paris", "NEVER", 4)]
    feed = push(client, pusher, lines, kind="delta", as_of=now(session))
    settled(client, pusher, feed)
    assert [each[1] for each in conflicts(client, shop.manager, feed)] == ["lyon"]
    assert [each[1] for each in conflicts(client, pusher, feed)] == ["lyon", "paris"]
    refused = push(client, shop.manager, lines, sequence=2, as_of=now(session))
    assert problem(refused) == (403, "forbidden")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["receive", "hand over", "count", "look", "full", "delta"]),
        st.sampled_from(["BOOK", "MUG-BLUE"]),
        st.integers(0, 12),
        st.booleans(),
    ),
    max_size=14,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_whatever_happens_around_feeds_levels_are_what_the_reference_says(
    session: Session, shop: Shop, steps: list[tuple[str, str, int, bool]]
) -> None:
    with session.begin_nested() as world:
        reference = Reference(session, shop)
        for step in steps:
            reference.take(*step)
        found = {sku: on_hand(session, shop)["lyon", sku] for sku in ("BOOK", "MUG-BLUE")}
        broken = {each.check.id for each in run_checks()}
        world.rollback()
    assert found == reference.units
    assert broken <= {"INV-04"}  # these parcels are known to stock only, not to orders


class Reference:
    """The rules of feeds in a few dictionaries, beside the real thing."""

    def __init__(self, session: Session, shop: Shop) -> None:
        self.session, self.shop, self.sequence = session, shop, 0
        self.units = {"BOOK": 10, "MUG-BLUE": 10}
        self.past: list[tuple[datetime, str, str, int]] = []
        self.looked = now(session)
        self.fed: dict[str, datetime] = {}

    def take(self, what: str, sku: str, units: int, knows: bool) -> None:  # noqa: FBT001 (drawn)
        """Do one thing to both; a feed is true as of the last look."""
        at: dict[str, Any] = {"location_id": self.shop.lyon, "quantities": {sku: units}}
        if what == "look":
            self.looked = now(self.session)
        elif what == "receive" and units:
            inventory.services.receive(self.session, **at, actor=SYSTEM)
            self.note("receive", sku, units)
        elif what == "hand over" and 0 < units <= self.units[sku]:
            hand_over(self.session, self.shop.lyon, sku, units)
            self.note("hand over", sku, -units)
        elif what == "count":
            inventory.services.set_counted(self.session, **at, reason="test")
            if units != self.units[sku]:
                self.note("count", sku, units - self.units[sku])
        elif what in {"full", "delta"}:
            self.feed(FeedKind(what), sku, units, knows=knows)

    def note(self, what: str, sku: str, change: int) -> None:
        """Keep what happened, and when."""
        self.units[sku] += change
        self.past.append((now(self.session), what, sku, change))

    def feed(self, kind: FeedKind, sku: str, units: int, *, knows: bool) -> None:
        """Send a feed of one SKU, or of both in a snapshot."""
        self.sequence += 1
        units = units - 6 if kind is FeedKind.DELTA else units
        command = DeclareFeed("erp", self.sequence, kind, self.looked, knows)
        named = self.units if kind is FeedKind.FULL else [sku]
        rows = tuple(FeedRow(2, "lyon", each, units) for each in named)
        inventory.jobs.receive_feed(command, [FeedBatch(rows, (), b"")])
        inventory.jobs.apply_feeds()
        for row in rows:
            self.units[row.sku] = self.meant(kind, row, knows=knows)
        for each in {FeedKind.FULL: ("any", "full"), FeedKind.DELTA: ("any",)}[kind]:
            self.fed[each] = self.looked

    def meant(self, kind: FeedKind, row: FeedRow, *, knows: bool) -> int:
        """Return what this line makes of its SKU."""
        mine = [(at, what, units) for at, what, sku, units in self.past if sku == row.sku]
        since = [(what, units) for at, what, units in mine if at > self.looked]
        if any(what == "count" for what, _ in since):
            return self.units[row.sku]
        before = self.fed.get("full" if kind is FeedKind.FULL else "any", self.looked)
        given = sum(
            units for at, what, units in mine if what == "hand over" and before < at <= self.looked
        )
        if kind is FeedKind.DELTA:
            return max(self.units[row.sku] + row.quantity - (given if knows else 0), 0)
        moved = sum(units for _, units in since)
        return max(row.quantity + moved + (0 if knows else given), 0)


# The brake


def stocked(session: Session, shop: Shop, *, articles: int) -> list[str]:
    """List so many articles, five of each in Lyon; return their SKUs."""
    skus = [f"BRAKE-{number:02}" for number in range(articles)]
    listed = [ListSku(sku, sku, {"fr": sku, "en": sku}, 100, "EUR", 2000) for sku in skus]
    list_skus(session, listed, brand_id=shop.brand_id)
    inventory.services.receive(
        session, location_id=shop.lyon, quantities=dict.fromkeys(skus, 5), actor=SYSTEM
    )
    session.commit()
    return skus


def lets_through(client: Any, key: str, feed: Any) -> Any:
    path = f"/api/v1/stock/feeds/{feed.json['id']}/let-through"
    return client.post(path, headers=as_key(key))


def test_a_snapshot_that_would_empty_a_store_waits_until_somebody_lets_it_through(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    skus = stocked(session, shop, articles=27)  # and three others are stocked
    before = on_hand(session, shop)
    half = [("lyon", sku, 5) for sku in skus[:14]]
    feed = push(client, pusher, half, as_of=now(session))
    assert feed.json["status"] == "held"
    assert settled(client, pusher, feed)["status"] == "held"
    assert on_hand(session, shop) == before
    while claims := delivery.claim_due(session):
        for claim in claims:
            delivery.deliver(session, claim)
    session.commit()
    opened = "SELECT kind, location_id, facts ->> 'feed' FROM case_file WHERE closed_at IS NULL"
    assert [tuple(row) for row in session.execute(text(opened))] == [("feed", shop.lyon, "erp 1")]

    assert lets_through(client, pusher, feed).json["status"] == "applying"
    assert settled(client, pusher, feed)["status"] == "done"
    assert (
        sum(units for (store, _), units in on_hand(session, shop).items() if store == "lyon") == 70
    )
    while claims := delivery.claim_due(session):
        for claim in claims:
            delivery.deliver(session, claim)
    assert list(session.execute(text(opened))) == []
    with nothing_moves(session.connection()):
        again = lets_through(client, pusher, feed)
        assert problem(again) == (409, "feed-not-held")
    assert run_checks() == []


def test_a_snapshot_that_empties_half_a_store_is_believed(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    skus = stocked(session, shop, articles=27)
    feed = push(client, pusher, [("lyon", sku, 5) for sku in skus[:15]], as_of=now(session))
    assert settled(client, pusher, feed)["status"] == "done"


def test_a_held_snapshot_is_overtaken_by_the_next_one(
    client: Any, session: Session, shop: Shop, pusher: str
) -> None:
    skus = stocked(session, shop, articles=27)
    held = push(client, pusher, [("lyon", skus[0], 5)], as_of=now(session))
    assert held.json["status"] == "held"
    whole = [("lyon", sku, 4) for sku in skus]
    better = push(client, pusher, whole, sequence=2, as_of=now(session))
    assert settled(client, pusher, better)["status"] == "done"
    assert problem(lets_through(client, pusher, held)) == (409, "feed-not-held")
    assert on_hand(session, shop)["lyon", skus[0]] == 4
