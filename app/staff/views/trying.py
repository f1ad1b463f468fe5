"""A form of the shelf: done once, or the same page again with what stands in the way."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.answers import Shown
from app.forms import once
from app.problems import Unauthenticated, status_of
from app.staff.acts import Unfit
from app.staff.verdicts import sentence_of
from app.staff.views.base import Here, here
from kernel.db import transaction
from kernel.errors import Refusal

UNPROCESSABLE = 422


def try_to(
    act: Callable[[Session, Here], str], show: Callable[[Session, Here, str | None], str]
) -> Shown:
    """Do what a form asks and go where `act` says; what is refused is said on `show`'s page."""
    zone = "UTC"
    try:
        with transaction() as session:
            place = here(session)
            zone = place.store.time_zone
            return once(session, lambda: act(session, place))
    except Unfit as unfit:
        said, status = str(unfit), UNPROCESSABLE
    except Unauthenticated:
        raise
    except Refusal as error:
        said, status = sentence_of(error, zone=zone), status_of(type(error))
    with transaction() as session:
        return show(session, here(session), said), status
