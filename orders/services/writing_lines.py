"""Rewriting the lines of an order and of its parcels, however many, in three statements."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from kernel.money import share_of_first
from orders.models import FulfillmentLine, OrderLine
from orders.pricing import QuotedLine


@dataclass(slots=True)
class PartRow:
    """A line of a parcel as it is to be; what became of its units otherwise stays."""

    fulfillment_id: UUID
    sku: str
    quantity: int = 0
    cancelled: int = 0
    discount_minor: int = 0

    @classmethod
    def of(cls, line: FulfillmentLine) -> "PartRow":
        """Return it as it is now."""
        return cls(
            line.fulfillment_id, line.sku, line.quantity, line.cancelled, line.discount_minor
        )

    def less(self, units: int) -> int:
        """Have so many fewer, the last ones; return what was taken off these."""
        if not units:
            return 0
        kept = share_of_first(self.discount_minor, units=self.quantity - units, of=self.quantity)
        off, self.discount_minor = self.discount_minor - kept, kept
        self.quantity -= units
        return off


@dataclass(slots=True)
class WholeRow:
    """A line of an order as it is to be."""

    sku: str
    name: str
    unit_price_minor: int
    price_per: int
    vat_bp: int
    eco_minor: int
    quantity: int
    discount_minor: int
    promotion_id: UUID | None

    @classmethod
    def of(cls, line: OrderLine) -> "WholeRow":
        """Return it as it is now."""
        return cls(
            line.sku,
            line.name,
            line.unit_price_minor,
            line.price_per,
            line.vat_bp,
            line.eco_minor,
            line.quantity,
            line.discount_minor,
            line.promotion_id,
        )

    @classmethod
    def new(cls, line: QuotedLine) -> "WholeRow":
        """Return the line of an article the order has none of yet."""
        return cls(
            line.sku,
            line.label,
            line.unit_price_minor,
            line.price_per,
            line.vat_bp,
            line.eco_minor,
            0,
            0,
            None,
        )


_WRITE_WHOLES = text("""
    WITH said AS (
        SELECT * FROM jsonb_to_recordset(:rows) AS i (
            line_no integer, sku text, name text, unit_price_minor integer, price_per integer,
            vat_bp integer, eco_minor integer, quantity integer, discount_minor integer,
            promotion_id uuid)),
    gone AS (
        DELETE FROM order_line l USING said
        WHERE l.order_id = :order_id AND l.sku = said.sku AND said.quantity = 0)
    INSERT INTO order_line (order_id, sku, position, name, quantity, unit_price_minor, price_per,
                            vat_bp, discount_minor, eco_minor, promotion_id)
    SELECT :order_id, sku, (
               SELECT coalesce(max(l.position), 0) FROM order_line l WHERE l.order_id = :order_id
           ) + line_no, name, quantity, unit_price_minor, price_per, vat_bp, discount_minor,
           eco_minor, promotion_id
    FROM said WHERE quantity > 0
    ON CONFLICT (order_id, sku) DO UPDATE
        SET quantity = excluded.quantity, discount_minor = excluded.discount_minor,
            promotion_id = excluded.promotion_id
""").bindparams(bindparam("rows", type_=JSONB))

_WRITE_PARTS = text("""
    WITH gone AS (
        DELETE FROM fulfillment_line l
        USING jsonb_to_recordset(:gone) AS g (fulfillment_id uuid, sku text)
        WHERE l.fulfillment_id = g.fulfillment_id AND l.sku = g.sku)
    INSERT INTO fulfillment_line (fulfillment_id, sku, quantity, cancelled, discount_minor)
    SELECT * FROM jsonb_to_recordset(:rows) AS i (
        fulfillment_id uuid, sku text, quantity integer, cancelled integer, discount_minor integer)
    ON CONFLICT (fulfillment_id, sku) DO UPDATE
        SET quantity = excluded.quantity, cancelled = excluded.cancelled,
            discount_minor = excluded.discount_minor
""").bindparams(bindparam("rows", type_=JSONB), bindparam("gone", type_=JSONB))

# What a promotion takes off an order is what it takes off its lines; one that takes nothing ends.
_FOLLOW_USES = text("""
    WITH off AS (
        SELECT promotion_id, sum(discount_minor) AS minor FROM order_line
        WHERE order_id = :order_id AND promotion_id IS NOT NULL GROUP BY promotion_id),
    ended AS (
        DELETE FROM promotion_use u
        WHERE u.order_id = :order_id AND u.given_back_at IS NULL
          AND NOT EXISTS (SELECT FROM off WHERE off.promotion_id = u.promotion_id)
        RETURNING u.promotion_id),
    kept AS (
        INSERT INTO promotion_use (promotion_id, order_id, discount_minor)
        SELECT promotion_id, :order_id, minor FROM off
        ON CONFLICT (promotion_id, order_id) DO UPDATE
            SET discount_minor = excluded.discount_minor)
    SELECT promotion_id FROM ended
""")


def write_lines(
    session: Session,
    order_id: UUID,
    wholes: Iterable[WholeRow],
    parts: Iterable[PartRow],
    *,
    gone: Sequence[tuple[UUID, str]],
) -> frozenset[UUID]:
    """Have these lines be as they are said, and those that are gone no more.

    Returns the promotions that take nothing off the order any more.
    """
    rows = [{**_plain(each), "line_no": at} for at, each in enumerate(wholes, start=1)]
    session.execute(_WRITE_WHOLES, {"order_id": order_id, "rows": rows})
    left = [{"fulfillment_id": str(owner), "sku": sku} for owner, sku in gone]
    session.execute(_WRITE_PARTS, {"rows": [_plain(each) for each in parts], "gone": left})
    return frozenset(session.execute(_FOLLOW_USES, {"order_id": order_id}).scalars())


def _plain(row: PartRow | WholeRow) -> dict[str, object]:
    return {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in asdict(row).items()
    }
