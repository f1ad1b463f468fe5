"""Reads of a location that is being set up: what is done and what is missing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from stores.commands import Evidence, StaffRole
from stores.errors import UnknownLocation
from stores.models import Location, Staff, StaffLocation, Tablet


class OpeningStep(StrEnum):
    """What a store needs before it can be switched on, in the order it is done."""

    HOURS = "hours"
    STAFF = "staff"
    STOCK = "stock"
    TABLET = "tablet"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One step, whether it is done, and how many there are of what it counts (None: no count)."""

    step: OpeningStep
    done: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """How far the setting up of a location is; `opened_at` once it is switched on."""

    code: str
    name: str
    started_at: datetime
    opened_at: datetime | None
    steps: tuple[StepFacts, ...]

    @property
    def missing(self) -> tuple[OpeningStep, ...]:
        """Return what is not done yet."""
        return tuple(each.step for each in self.steps if not each.done)


def get_opening(session: Session, code: str, *, evidence: Evidence) -> OpeningFacts:
    """Return what is done and what is missing of setting up a location.

    Staff are people with a PIN who work there; stock and practice are the caller's to know.

    Raises UnknownLocation.
    """
    people = (
        select(func.count())
        .select_from(StaffLocation)
        .join(Staff, Staff.id == StaffLocation.staff_id)
        .where(
            StaffLocation.location_id == Location.id,
            Staff.closed_at.is_(None),
            Staff.pin_hash.is_not(None),
            Staff.role.in_([StaffRole.ASSOCIATE, StaffRole.MANAGER]),
        )
        .scalar_subquery()
    )
    tablets = (
        select(func.count())
        .select_from(Tablet)
        .where(Tablet.location_id == Location.id, Tablet.revoked_at.is_(None))
        .scalar_subquery()
    )
    row = session.execute(
        select(Location, people.label("people"), tablets.label("tablets"))
        .where(Location.code == code, Location.closed_at.is_(None))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise UnknownLocation(store=code)
    steps = (
        StepFacts(OpeningStep.HOURS, row.Location.opening_hours is not None),
        StepFacts(OpeningStep.STAFF, row.people > 0, row.people),
        StepFacts(OpeningStep.STOCK, evidence.has_stock),
        StepFacts(OpeningStep.TABLET, row.tablets > 0, row.tablets),
        StepFacts(OpeningStep.PRACTICE, evidence.practised),
    )
    place: Location = row.Location
    return OpeningFacts(place.code, place.name, place.created_at, place.opened_at, steps)
