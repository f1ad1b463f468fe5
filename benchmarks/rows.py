"""What an order leaves in the database: rows of every table, and how much of them is filled.

A document in a column counts as many times as it has members.
"""

from dataclasses import dataclass

import psycopg
from psycopg.sql import SQL, Identifier

Connection = psycopg.Connection[tuple[object, ...]]

JSONB_OID = 3802
TABLES = (
    "customer",
    "contact_point",
    "contact",
    "sales_order",
    "order_line",
    "fulfillment",
    "fulfillment_line",
    "reservation",
    "stock_movement",
    "event",
    "delivery",
    "stored_answer",
)


@dataclass(frozen=True)
class Trace:
    """Rows and filled columns by table, and units reserved; differences are what orders left."""

    rows: dict[str, int]
    filled: dict[str, int]
    reserved: int

    def since(self, earlier: "Trace") -> "Trace":
        """Return what was added after an earlier look."""
        return Trace(
            {name: count - earlier.rows[name] for name, count in self.rows.items()},
            {name: count - earlier.filled[name] for name, count in self.filled.items()},
            self.reserved - earlier.reserved,
        )

    def plus(self, other: "Trace") -> "Trace":
        """Return both together."""
        return Trace(
            {name: count + other.rows[name] for name, count in self.rows.items()},
            {name: count + other.filled[name] for name, count in self.filled.items()},
            self.reserved + other.reserved,
        )


_MEMBERS = SQL("coalesce(sum((SELECT count(*) FROM jsonb_object_keys({}))), 0)")
NOTHING = Trace(dict.fromkeys(TABLES, 0), dict.fromkeys(TABLES, 0), 0)


def look(connection: Connection) -> Trace:
    """Return what the tables hold now; a column counts as filled when it is not null."""
    rows, filled = {}, {}
    for table in TABLES:
        rows[table], filled[table] = _count(connection, table)
    reserved = connection.execute("SELECT sum(reserved) FROM stock_level").fetchone()
    return Trace(rows, filled, int(str((reserved or (0,))[0])))


def _count(connection: Connection, table: str) -> tuple[int, int]:
    columns = connection.execute(SQL("SELECT * FROM {} LIMIT 0").format(Identifier(table)))
    filled = SQL("+").join(
        (_MEMBERS if column.type_code == JSONB_OID else SQL("count({})")).format(
            Identifier(column.name)
        )
        for column in columns.description or ()
    )
    counted = SQL("SELECT count(*), {} FROM {}").format(filled, Identifier(table))
    row = connection.execute(counted).fetchone() or (0, 0)
    return int(str(row[0])), int(str(row[1]))
