"""Who somebody is, after all merges: pointers are followed on every read, however long."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import CTE, Select, bindparam, select, text
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from customers.errors import UnknownCustomer
from customers.models import Customer

_ROOTS: Final = text("""
    WITH RECURSIVE up (start, id, merged_into) AS (
        SELECT id, id, merged_into FROM customer WHERE id = ANY(:ids)
        UNION
        SELECT up.start, c.id, c.merged_into FROM up JOIN customer c ON c.id = up.merged_into)
    SELECT DISTINCT ON (start) start, id FROM up ORDER BY start, merged_into IS NOT NULL, id
""").bindparams(bindparam("ids", type_=ARRAY(SqlUuid)))
"""UNION keeps each row once: even a circle, which a merge never makes, ends somewhere."""


def find_roots(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return who each customer is after all merges; unknown ones are left out."""
    if not customer_ids:
        return {}
    rows = session.execute(_ROOTS, {"ids": sorted(set(customer_ids))})
    return {row.start: row.id for row in rows}


def whose(session: Session, customer_id: UUID) -> UUID:
    """Return who a customer is after all merges.

    Raises UnknownCustomer.
    """
    found = find_roots(session, [customer_id]).get(customer_id)
    if found is None:
        raise UnknownCustomer
    return found


def select_family(customer_id: UUID) -> Select[UUID]:
    """Return the statement of the ids of everybody who is the same person as a customer."""
    up = (
        select(Customer.id, Customer.merged_into)
        .where(Customer.id == customer_id)
        .cte("up", recursive=True)
    )
    above = up.union(
        select(Customer.id, Customer.merged_into).where(Customer.id == up.c.merged_into)
    )
    last = select(above.c.id).order_by(above.c.merged_into.is_not(None), above.c.id).limit(1)
    root = last.subquery()
    down = select(root.c.id).cte("down", recursive=True)
    return select(down.union(select(Customer.id).where(Customer.merged_into == down.c.id)).c.id)


def select_joined() -> CTE:
    """Return the pairs of customers that are one person, as `id` and `other_id`, both ways round.

    It is as large as there are merges, however many customers there are.
    """
    up = (
        select(Customer.id, Customer.merged_into.label("above"))
        .where(Customer.merged_into.is_not(None))
        .cte("up", recursive=True)
    )
    further = select(up.c.id, Customer.merged_into).join(Customer, Customer.id == up.c.above)
    up = up.union(further.where(Customer.merged_into.is_not(None)))
    roots = select(up.c.id, up.c.above.label("root")).join(Customer, Customer.id == up.c.above)
    found = roots.where(Customer.merged_into.is_(None)).cte("found")
    one = select(found.c.id, found.c.root).union(select(found.c.root, found.c.root)).cte("one")
    other = one.alias("other")
    both = select(one.c.id, other.c.id.label("other_id")).join(other, other.c.root == one.c.root)
    return both.where(one.c.id != other.c.id).cte("joined")


def list_family(session: Session, customer_id: UUID) -> list[UUID]:
    """Return everybody who is the same person as a customer, that one among them."""
    rows = session.execute(select_family(customer_id)).scalars()
    return sorted(rows)


_FAMILIES: Final = text("""
    WITH RECURSIVE down (root, id) AS (
        SELECT id, id FROM customer WHERE id = ANY(:ids)
        UNION
        SELECT down.root, c.id FROM down JOIN customer c ON c.merged_into = down.id)
    SELECT root, id FROM down ORDER BY root, id
""").bindparams(bindparam("ids", type_=ARRAY(SqlUuid)))


def list_families(session: Session, roots: Collection[UUID]) -> dict[UUID, UUID]:
    """Return everybody who was merged into one of `roots`, these among them, with who that is."""
    if not roots:
        return {}
    rows = session.execute(_FAMILIES, {"ids": sorted(set(roots))})
    return {row.id: row.root for row in rows}
