"""Who may be the same person: found when somebody is heard of, and left to people to judge."""

from typing import Final
from uuid import UUID

from sqlalchemy import and_, or_, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from customers.errors import UnknownPair
from customers.models import LikelyPair
from customers.queries import find_roots, list_differing, list_families, list_likely, whose
from kernel.actors import Actor
from kernel.clock import DB_NOW

_ALIKE: Final = text("""
    WITH mine AS (
        SELECT id, phone, lower(email) AS email,
               ' ' || plain_words(concat_ws(' ', first_name, last_name)) || ' %' AS name,
               first_name <> '' AND last_name <> '' AS is_named
        FROM contact WHERE customer_id = :customer_id ORDER BY created_at DESC LIMIT 5),
    places AS (
        SELECT DISTINCT postcode FROM address WHERE contact_id IN (SELECT id FROM mine)
        UNION SELECT postcode FROM saved_address
        WHERE customer_id = :customer_id AND closed_at IS NULL),
    named AS (
        SELECT c.id, c.customer_id FROM (SELECT DISTINCT name FROM mine WHERE is_named) m
        JOIN contact c ON c.searched LIKE m.name
        WHERE EXISTS (SELECT FROM places) AND c.customer_id <> :customer_id LIMIT 500),
    alike AS (
        SELECT c.customer_id, 'phone' AS why FROM mine JOIN contact c ON c.phone = mine.phone
        UNION SELECT c.customer_id, 'email' FROM mine JOIN contact c ON lower(c.email) = mine.email
        UNION SELECT p.customer_id, p.kind FROM mine
        JOIN contact_point p ON (p.kind, p.value) IN (('phone', mine.phone), ('email', mine.email))
        UNION SELECT n.customer_id, 'name_and_postcode' FROM named n
        JOIN address a ON a.contact_id = n.id JOIN places USING (postcode)
        UNION SELECT n.customer_id, 'name_and_postcode' FROM named n
        JOIN saved_address a ON a.customer_id = n.customer_id AND a.closed_at IS NULL
        JOIN places USING (postcode))
    SELECT customer_id, string_agg(why, ',' ORDER BY why) AS why FROM alike
    WHERE customer_id <> :customer_id GROUP BY customer_id ORDER BY customer_id LIMIT 20
""")
"""Every step goes by an index: what it costs does not grow with the number of customers."""


def suspect(session: Session, customer_id: UUID) -> None:
    """Have somebody look at whoever may be the same as a customer: nobody is merged by it.

    Of whom somebody said that they are not, nobody is asked again.
    """
    alike = session.execute(_ALIKE, {"customer_id": customer_id}).all()
    if not alike:
        return
    roots = find_roots(session, {customer_id, *(row.customer_id for row in alike)})
    family = list_families(session, {roots[customer_id]})
    others = list_families(session, {roots[each] for each in list_differing(session, family)})
    rows = [
        dict(zip(("one_id", "other_id"), sorted((customer_id, row.customer_id)), strict=True))
        | {"why": row.why}
        for row in alike
        if row.customer_id not in family and row.customer_id not in others
    ]
    if rows:
        statement = insert(LikelyPair).values(rows)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["one_id", "other_id"], set_={"why": statement.excluded.why}
            )
        )


def tell_apart(session: Session, one_id: UUID, other_id: UUID, *, actor: Actor) -> None:
    """These two are not the same person: nobody is asked again.

    Raises UnknownCustomer, or UnknownPair.
    """
    one, other = sorted((whose(session, one_id), whose(session, other_id)))
    if not any((each.one_id, each.other_id) == (one, other) for each in list_likely(session, one)):
        raise UnknownPair
    remember_apart(session, one, other, actor=actor)


def remember_apart(session: Session, one_id: UUID, other_id: UUID, *, actor: Actor) -> None:
    """Keep that two customers are not the same, also where nobody had taken them for it."""
    one, other = sorted((one_id, other_id))
    settled = {"settled_at": DB_NOW, "settled_by": actor.name or actor.kind.value}
    these, those = (list_families(session, {each}) for each in (one, other))
    between = or_(
        and_(LikelyPair.one_id.in_(these), LikelyPair.other_id.in_(those)),
        and_(LikelyPair.one_id.in_(those), LikelyPair.other_id.in_(these)),
    )
    session.execute(
        update(LikelyPair).where(between, LikelyPair.settled_at.is_(None)).values(**settled)
    )
    session.execute(
        insert(LikelyPair)
        .values(one_id=one, other_id=other, why="", **settled)
        .on_conflict_do_nothing()
    )
