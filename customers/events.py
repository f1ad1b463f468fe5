"""What happens to customers: ids and plain words, nothing of the person."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ChallengeAsked(Event):
    """A code is owed to a contact point."""

    name = "challenge.asked.v1"
    aggregate = "challenge"
    challenge_id: UUID


@dataclass(frozen=True, kw_only=True)
class AccountOpened(Event):
    """Somebody may sign in from now on."""

    name = "account.opened.v1"
    aggregate = "customer"
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class AccountClosed(Event):
    """Nobody may sign in any more; what was ordered stays."""

    name = "account.closed.v1"
    aggregate = "customer"
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class ConsentRecorded(Event):
    """A customer agreed to be told of something on a channel, or refused; "" is every topic."""

    name = "consent.recorded.v1"
    aggregate = "customer"
    customer_id: UUID
    purpose: str
    way: str
    topic: str
    granted: bool
    source: str


@dataclass(frozen=True, kw_only=True)
class PersonExported(Event):
    """All that is kept of a customer was given out; `by_customer` to themselves."""

    name = "customer.exported.v1"
    aggregate = "customer"
    customer_id: UUID
    by_customer: bool


@dataclass(frozen=True, kw_only=True)
class ErasureAsked(Event):
    """A customer is to be forgotten, once nothing of their orders is open."""

    name = "customer.erasure_asked.v1"
    aggregate = "customer"
    customer_id: UUID
    by_customer: bool


@dataclass(frozen=True, kw_only=True)
class ErasureWithdrawn(Event):
    """A customer is not to be forgotten after all."""

    name = "customer.erasure_withdrawn.v1"
    aggregate = "customer"
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomerErased(Event):
    """Nothing is left of a customer but what was ordered, moved and paid."""

    name = "customer.erased.v1"
    aggregate = "customer"
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class ShopperSignedIn(Event):
    """A browser was signed in to an account, `by` code or password."""

    name = "shopper.signed_in.v1"
    aggregate = "sign_in"
    sign_in_id: UUID
    customer_id: UUID
    by: str


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """The account has a password of its own from now on, or none any more."""

    name = "account.password_changed.v1"
    aggregate = "customer"
    customer_id: UUID
    has_password: bool


@dataclass(frozen=True, kw_only=True)
class PointProven(Event):
    """The owner of a contact point answered there; an account holds it from now on."""

    name = "contact_point.proven.v1"
    aggregate = "customer"
    customer_id: UUID
    point_id: UUID


@dataclass(frozen=True, kw_only=True)
class PointForgotten(Event):
    """An account holds a contact point no longer."""

    name = "contact_point.forgotten.v1"
    aggregate = "customer"
    customer_id: UUID
    point_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(Event):
    """Two customers were found to be one person; the event's reason says why."""

    name = "customer.merged.v1"
    aggregate = "merge"
    merge_id: UUID
    kept_id: UUID
    merged_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomersParted(Event):
    """A merge was undone: both are there on their own again."""

    name = "customer.parted.v1"
    aggregate = "merge"
    merge_id: UUID
    kept_id: UUID
    merged_id: UUID


@dataclass(frozen=True, kw_only=True)
class CardGiven(Event):
    """Somebody has a loyalty card from now on; its number stands with the customer alone."""

    name = "card.given.v1"
    aggregate = "customer"
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class CardBlocked(Event):
    """A loyalty card finds nobody any more."""

    name = "card.blocked.v1"
    aggregate = "customer"
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class CompanyJoined(Event):
    """Somebody speaks for a company from now on."""

    name = "company.joined.v1"
    aggregate = "customer"
    customer_id: UUID
    company_id: UUID


@dataclass(frozen=True, kw_only=True)
class CompanyLeft(Event):
    """Somebody speaks for a company no longer."""

    name = "company.left.v1"
    aggregate = "customer"
    customer_id: UUID
    company_id: UUID


@dataclass(frozen=True, kw_only=True)
class PreferenceSaid(Event):
    """Somebody said where they like to collect, and how they like to be told."""

    name = "preference.said.v1"
    aggregate = "customer"
    customer_id: UUID
    location_id: UUID | None
    told_by: str | None
