"""Rules of safety stock in words."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

import catalog.queries
import stores.queries
from app.admin.stock_words import SCOPES
from app.i18n import current, ngettext
from app.i18n import gettext as _
from inventory.commands import SafetyScope
from inventory.queries import RuleFacts

HERE: Final = frozenset({SafetyScope.STORE, SafetyScope.SKU_STORE})


@dataclass(frozen=True, slots=True)
class SaidRule:
    """A rule as people read it: how much, for what, and its facts."""

    facts: RuleFacts
    amount: str
    scope: str
    subject: str


def say_rule(session: Session, rule: RuleFacts) -> SaidRule:
    """Return a rule in words."""
    return SaidRule(
        rule, say_amount(rule.units, rule.percent), _scope(rule), _subject(session, rule)
    )


def say_amount(units: int | None, percent: int | None) -> str:
    """Return how much a rule keeps back: units, or a share of what is on hand."""
    if units is not None:
        return ngettext("%(num)d unit", "%(num)d units", units) % {"num": units}
    return _("%(percent)s %% of what is on hand") % {"percent": percent}


def _scope(rule: RuleFacts) -> str:
    return _(SCOPES[rule.scope.value])


def _subject(session: Session, rule: RuleFacts) -> str:
    """Return the names of what a rule speaks of: the article, category, store or group."""
    parts = []
    if rule.sku:
        found = catalog.queries.describe_skus(session, [rule.sku], language=current())
        words = found.get(rule.sku)
        parts.append(f"{words.name} ({rule.sku})" if words else rule.sku)
    if rule.category:
        parts.append(_category(session, rule.category))
    if rule.location_id is not None:
        parts.append(stores.queries.get_store_by_id(session, rule.location_id).name)
    if rule.group:
        parts.append(_group(session, rule.group))
    return " · ".join(parts)


def _category(session: Session, code: str) -> str:
    known = catalog.queries.list_categories(session, language=current())
    return next((each.name for each in known if each.code == code), code)


def _group(session: Session, code: str) -> str:
    known = stores.queries.list_groups(session)
    return next((each.name for each in known if each.code == code), code)
