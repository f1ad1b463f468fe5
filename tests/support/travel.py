"""A clock that travels: it is when a test says, for the database and every process there is.

What the database calls now is judged by; so functions of its own names stand before them, and lie
as far ahead as a row says. What processes show by their own clocks follows through a file.
"""

import os
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from kernel import clock
from tests.support.installation import Installation
from tests.support.vendors import eventually

PARIS = ZoneInfo("Europe/Paris")
_MOMENTS = ("statement_timestamp", "transaction_timestamp", "clock_timestamp", "now")
_MOMENT = """
    CREATE FUNCTION travel.{name}() RETURNS timestamptz LANGUAGE sql STABLE AS
    'SELECT pg_catalog.{name}() + ahead FROM travel.clock'
"""
_MEND = """
    DO $$ DECLARE each record; BEGIN
        FOR each IN
            SELECT table_name AS t, column_name AS c FROM information_schema.columns
            WHERE table_schema = 'public' AND column_default LIKE '%%statement_timestamp()'
        LOOP
            EXECUTE format('ALTER TABLE %%I ALTER %%I SET DEFAULT', each.t, each.c)
                || ' travel.statement_timestamp()';
        END LOOP;
    END $$
"""
"""Defaults name the function they were made with."""
_OPEN = """
    SELECT (SELECT count(*) FROM delivery WHERE done_at IS NULL AND dead_at IS NULL)
        + (SELECT count(*) FROM message
           WHERE status = 'due' AND due_at <= travel.now() + interval '10 minutes')
        + (SELECT count(*) FROM payment_wish
           WHERE status = 'due' AND due_at <= travel.now() + interval '10 minutes') AS open
"""
"""What is being sent right now is due again when its lease ends."""


@dataclass(frozen=True)
class Clock:
    """When it is in one installation."""

    place: Installation

    def go_to(self, wall: str, *, zone: tzinfo = PARIS) -> datetime:
        """It is this moment now, as a clock on a wall says; nobody goes back.

        What was to be done before is done first.
        """
        self.settle()
        moment = datetime.fromisoformat(wall).replace(tzinfo=zone)
        gone = self.place.rows(
            "UPDATE travel.clock SET ahead = %(moment)s - pg_catalog.statement_timestamp()"
            " WHERE ahead < %(moment)s - pg_catalog.statement_timestamp()"
            " RETURNING extract(epoch FROM ahead) AS seconds",
            moment=moment,
        )
        assert gone, f"it is after {wall} already: journeys of one house go on in time"
        _file(self.place).write_text(str(gone[0]["seconds"]))
        return moment

    def pass_by(self, seconds: int) -> None:
        """So much time goes by, also while something waits for just that."""
        (gone,) = self.place.rows(
            "UPDATE travel.clock SET ahead = ahead + make_interval(secs => %(seconds)s)"
            " RETURNING extract(epoch FROM ahead) AS seconds",
            seconds=seconds,
        )
        _file(self.place).write_text(str(gone["seconds"]))

    def now(self) -> datetime:
        """Return when it is."""
        (row,) = self.place.rows("SELECT travel.now() AS now")
        moment: datetime = row["now"]
        return moment

    def settle(self) -> None:
        """Wait until nobody has anything to do: all news was heard, every message is sent."""
        eventually(lambda: self.place.rows(_OPEN)[0]["open"] == 0)


def open_clock(place: Installation) -> Clock:
    """Have the clock of an installation travel; programs that are started later follow it."""
    place.rows("CREATE SCHEMA travel")
    place.rows("GRANT USAGE ON SCHEMA travel TO PUBLIC")
    place.rows("CREATE TABLE travel.clock AS SELECT interval '0' AS ahead")
    place.rows("GRANT SELECT ON travel.clock TO PUBLIC")
    for name in _MOMENTS:
        place.rows(_MOMENT.format(name=name))
    place.rows(_MEND)
    (database,) = place.rows("SELECT current_database() AS name")
    path = "travel, pg_catalog, public"
    place.rows(f"ALTER DATABASE {database['name']} SET search_path = {path}")
    _file(place).write_text("0")
    place.environment["TEST_CLOCK"] = str(_file(place))
    return Clock(place)


def minute(said: str) -> str:
    """Return an instant as a clock in Paris shows it: `Mon 07 May 08:30`."""
    return f"{datetime.fromisoformat(said).astimezone(PARIS):%a %d %b %H:%M}"


def follow() -> None:
    """Have what this process shows follow the installation's clock, where it has one."""
    if file := os.environ.get("TEST_CLOCK"):
        shown = Path(file)

        class Ahead(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> "Ahead":
                moment = datetime.now(tz) + timedelta(seconds=float(shown.read_text() or 0))
                return cls.combine(moment.date(), moment.timetz())

        clock.datetime = Ahead  # type: ignore[misc]  # this is the point


def follow_everywhere() -> None:
    """Have a vendor, who knows no clock of ours, follow as well."""
    if file := os.environ.get("TEST_CLOCK"):
        shown, present = Path(file), time.time
        time.time = lambda: present() + float(shown.read_text() or 0)


def _file(place: Installation) -> Path:
    return place.home / "clock"
