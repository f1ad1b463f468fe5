"""What is sent to the database while something is done, and many open orders at little cost."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event, text

CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")
_COPIES = """
    CREATE TEMP TABLE copy ON COMMIT DROP AS
        SELECT f.order_id AS old, f.id AS old_parcel, gen_random_uuid() AS id,
            gen_random_uuid() AS parcel, 'C' || lpad(n::text, 6, '0') AS number
        FROM fulfillment f, generate_series(1, :many) AS n WHERE f.order_id = :order_id;
"""
_COPY = """
    INSERT INTO {table} SELECT (jsonb_populate_record(t, {changed})).*
    FROM {table} t JOIN copy c ON {same}
"""
_TABLES = (
    (
        "sales_order",
        "jsonb_build_object('id', c.id, 'number', c.number, 'formation', 'distance')",
        "t.id = c.old",
    ),
    ("order_line", "jsonb_build_object('order_id', c.id)", "t.order_id = c.old"),
    (
        "fulfillment",
        "jsonb_build_object('id', c.parcel, 'order_id', c.id)",
        "t.id = c.old_parcel",
    ),
    (
        "fulfillment_line",
        "jsonb_build_object('fulfillment_id', c.parcel, 'order_id', c.id)",
        "t.fulfillment_id = c.old_parcel",
    ),
)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Give what is sent to the database until the block ends, transactions' ends left out."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().upper().startswith(CONTROL):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def copy_order(connection: Connection, order_id: str, *, many: int) -> None:
    """Have many more open orders that are alike: what they hold is not taken from the shelf."""
    connection.execute(text(_COPIES), {"order_id": order_id, "many": many})
    for table, changed, same in _TABLES:
        copying = _COPY.format(table=table, changed=changed, same=same)
        connection.execute(text(copying))
