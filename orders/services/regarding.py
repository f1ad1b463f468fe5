"""Who a customer is, as those who serve them know it: cards, companies, what they like best."""

from uuid import UUID

from sqlalchemy.orm import Session

import customers.services
import stores.queries
from customers.commands import NameCompany, PointKind, Prefer
from customers.errors import UnknownCustomer, UnknownPair
from kernel.actors import Actor
from orders.queries import get_person


def give_card(session: Session, customer_id: UUID, number: str, *, actor: Actor) -> str:
    """A customer has this card from now on; return its number.

    Raises UnknownCustomer, UnreadableCard, CardOfAnother, or BlockedCard.
    """
    get_person(session, customer_id, actor=actor)
    return customers.services.give_card(session, customer_id, number, actor=actor)


def block_card(session: Session, customer_id: UUID, number: str, *, actor: Actor) -> str:
    """A card finds nobody any more; return its number.

    Raises UnknownCustomer or UnknownCard.
    """
    get_person(session, customer_id, actor=actor)
    return customers.services.block_card(session, customer_id, number, actor=actor)


def join_company(
    session: Session, customer_id: UUID, command: NameCompany, *, actor: Actor
) -> UUID:
    """A customer speaks for a company from now on; return its id.

    Raises UnknownCustomer, UnreadableCompany, or CompanyOfAnotherNumber.
    """
    get_person(session, customer_id, actor=actor)
    return customers.services.join_company(session, customer_id, command, actor=actor)


def leave_company(session: Session, customer_id: UUID, company_id: UUID, *, actor: Actor) -> None:
    """A customer speaks for a company no longer.

    Raises UnknownCustomer or UnknownCompany.
    """
    get_person(session, customer_id, actor=actor)
    customers.services.leave_company(session, customer_id, company_id, actor=actor)


def prefer(session: Session, customer_id: UUID, command: Prefer, *, actor: Actor) -> None:
    """Keep what a customer told us that they like best.

    Raises UnknownCustomer.
    """
    get_person(session, customer_id, actor=actor)
    customers.services.prefer(session, customer_id, command, actor=actor)


def read_preference(
    session: Session, *, store: str | None, channel: PointKind | None, language: str | None
) -> Prefer:
    """Return the command that keeps what somebody said, their store by its code.

    Raises UnknownLocation.
    """
    location = stores.queries.get_store(session, store).id if store else None
    return Prefer(location, channel, language)


def tell_apart(session: Session, one_id: UUID, other_id: UUID, *, actor: Actor) -> None:
    """Two customers who look the same are not: nobody is asked again.

    Raises UnknownPair, also for those who are none of the actor's.
    """
    try:
        one, other = (get_person(session, each, actor=actor) for each in (one_id, other_id))
    except UnknownCustomer as error:
        raise UnknownPair from error
    customers.services.tell_apart(session, one.id, other.id, actor=actor)
