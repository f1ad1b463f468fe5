"""A form of the shelf: done once, or the same page again with what stands in the way."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.orm import Session

from app.answers import Shown
from app.forms import once
from app.problems import Unauthenticated, status_of
from app.staff.acts import Unfit
from app.staff.verdicts import sentence_of
from app.staff.views.base import Here, here
from kernel.db import transaction
from kernel.errors import Refusal
from orders.jobs import without_payment_page

UNPROCESSABLE = 422


def try_to(
    act: Callable[[Session, Here], str],
    show: Callable[[Session, Here, str | None], str],
    *,
    paying_id: UUID | None = None,
) -> Shown:
    """Do what a form asks and go where `act` says; what is refused is said on `show`'s page.

    `paying_id` is the order whose open payment page is in the way, and is ended.
    """
    zone = "UTC"

    def take() -> Shown:
        nonlocal zone
        with transaction() as session:
            place = here(session)
            zone = place.store.time_zone
            return once(session, lambda: act(session, place))

    try:
        return take() if paying_id is None else without_payment_page(paying_id, take)
    except Unfit as unfit:
        said, status = str(unfit), UNPROCESSABLE
    except Unauthenticated:
        raise
    except Refusal as error:
        said, status = sentence_of(error, zone=zone), status_of(type(error))
    with transaction() as session:
        return show(session, here(session), said), status
