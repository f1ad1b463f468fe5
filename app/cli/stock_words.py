"""Why a figure is what it is, in plain sentences."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from inventory.queries import Explanation, RuleFacts, Summed
from kernel.ids import show_order_number
from orders.queries import OwnerFacts, OwnerKind

Say = Callable[[str], str]


def explain(
    found: Explanation, *, owners: Mapping[UUID, OwnerFacts], zone: str, say: Say
) -> Iterator[str]:
    """Yield the sentences that explain a level; `say` translates, times are those of `zone`."""
    _, level = say, found.level
    yield _("%(sku)s: %(available)s available, as of %(at)s.") % {
        "sku": level.sku,
        "available": found.available,
        "at": _time(found.at, zone),
    }
    yield _(
        "%(on_hand)s on hand, %(reserved)s promised, %(quarantined)s in doubt, %(kept)s kept back."
    ) % {
        "on_hand": level.on_hand,
        "reserved": level.reserved,
        "quarantined": level.quarantined,
        "kept": level.safety_stock,
    }
    if found.expired:
        yield _("%(expired)s promised to holds that have expired: free again.") % {
            "expired": found.expired
        }
    yield from _how_it_came(found, zone, _)
    yield from _promises(found, owners, zone, _)
    yield from _doubts(found, zone, _)
    yield from _rules(found, _)
    for each in found.expected:
        values = {"quantity": each.quantity, "day": f"{each.expected_on:%Y-%m-%d}"}
        yield _("%(quantity)s more are expected on %(day)s.") % values


def _how_it_came(found: Explanation, zone: str, _: Say) -> Iterator[str]:
    if found.basis is not None:
        said = {
            "count": _("Counted on %(at)s: %(on_hand)s on hand (%(reason)s). Since then:"),
            "feed": _("By a feed on %(at)s: %(on_hand)s on hand (%(reason)s). Since then:"),
        }[found.basis.cause]
        yield said % {
            "at": _time(found.basis.recorded_at, zone),
            "on_hand": found.basis.on_hand,
            "reason": found.basis.reason,
        }
    else:
        yield _("Never counted. From the beginning:")
    if not found.since:
        yield "  " + _("nothing moved.")
    for each in found.since:
        yield "  " + _movement(each, _)


def _movement(each: Summed, _: Say) -> str:
    kinds = {
        "received": _("received"),
        "sold": _("sold"),
        "returned": _("returned"),
        "sent": _("sent elsewhere"),
        "arrived": _("arrived from elsewhere"),
        "reserved": _("promised"),
        "released": _("given back"),
        "handed_over": _("handed over"),
        "found": _("found"),
        "adjusted": _("adjusted"),
        "quarantined": _("put in doubt"),
        "cleared": _("cleared of doubt"),
    }
    changed = {
        _("on hand"): each.on_hand,
        _("promised"): each.reserved,
        _("in doubt"): each.quarantined,
    }
    figures = ", ".join(f"{name} {units:+d}" for name, units in changed.items() if units)
    return f"{kinds[each.kind]} × {each.lines}: {figures or '0'}"


def _promises(
    found: Explanation, owners: Mapping[UUID, OwnerFacts], zone: str, _: Say
) -> Iterator[str]:
    for each in found.owed:
        owner = owners.get(each.fulfillment_id)
        values = {
            "quantity": each.quantity,
            "order": show_order_number(owner.order_number) if owner else str(each.fulfillment_id),
            "in_bins": each.in_bins,
            "until": each.held_until and _time(each.held_until, zone),
        }
        if owner and owner.kind is OwnerKind.PUT_BACK:
            yield _("%(quantity)s of %(order)s wait in a bin to be put back.") % values
        elif owner and owner.kind is OwnerKind.SUBSTITUTE:
            yield _("%(quantity)s kept as a substitute for %(order)s, until it answers.") % values
        elif each.expired:
            yield _("%(quantity)s held for %(order)s until %(until)s: expired.") % values
        elif each.held_until:
            yield _("%(quantity)s held for %(order)s until %(until)s.") % values
        elif each.in_bins:
            yield _("%(quantity)s promised to %(order)s, %(in_bins)s of them in a bin.") % values
        else:
            yield _("%(quantity)s promised to %(order)s.") % values


def _doubts(found: Explanation, zone: str, _: Say) -> Iterator[str]:
    for each in found.doubts:
        yield _("%(quantity)s in doubt since %(at)s: %(reason)s.") % {
            "quantity": each.quantity,
            "at": _time(each.recorded_at, zone),
            "reason": each.reason,
        }
    if found.task is not None:
        yield _("To be counted by %(due)s (%(owner)s).") % {
            "due": _time(found.task.due_at, zone),
            "owner": found.task.owner or _("nobody yet"),
        }
    if found.shortage is not None:
        yield _("%(missing)s too many are promised; a way out is due by %(due)s (%(owner)s).") % {
            "missing": found.shortage.missing,
            "due": _time(found.shortage.due_at, zone),
            "owner": found.shortage.owner or _("nobody yet"),
        }


def _rules(found: Explanation, _: Say) -> Iterator[str]:
    if found.verdict is None or found.verdict.winner is None:
        return
    yield _("Kept back by the rule for %(scope)s: %(amount)s (%(author)s).") % {
        **_rule(found.verdict.winner, _),
        "author": found.verdict.winner.author,
    }
    for each in found.verdict.losers:
        yield _("It wins over the rule for %(scope)s: %(amount)s.") % _rule(each, _)


def _rule(rule: RuleFacts, _: Say) -> dict[str, str]:
    named = " ".join(each for each in (rule.group, rule.store, rule.category, rule.sku) if each)
    amount = f"{rule.percent} %" if rule.units is None else str(rule.units)
    return {"scope": named or _("everything"), "amount": amount}


def _time(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
