"""Reading ways to a door and their zones out of forms: amounts, weights, postcodes, prices."""

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Final

from app.admin.reading import Answers
from app.admin.store_reading import read_number
from app.i18n import gettext as _
from orders.commands import Band, PricedBy, SetDeliveryMethod, SetDeliveryZone
from orders.errors import UnreadableZone
from orders.pricing import DeliveryWay, Zone
from orders.services.ways import CODE, DAYS_MAX

AMOUNT: Final = re.compile(r"[0-9]{1,7}([.,][0-9]{1,2})?")
HUNDRED: Final = 100
NAME_MAX: Final = 80
POSITION_MAX: Final = 1_000
GRAMS_MAX: Final = 10_000_000
ENDLESS: Final = "*"
TEXT_MAX: Final = 4_000


def read_method(answers: Answers, *, brand: str, code: str | None) -> SetDeliveryMethod | None:
    """Return a way to a door; None, and what is wrong said, when it cannot be read."""
    said = code or answers.text("code", _("Give it a code."), longest=40)
    if said and CODE.fullmatch(said) is None:
        answers.errors["code"] = _("Small letters, digits, - and _ only, as in express.")
    names = {
        "fr": answers.text("name_fr", _("Say it in French."), longest=NAME_MAX),
        "en": answers.text("name_en", _("Say it in English."), longest=NAME_MAX),
    }
    priced_by = answers.choice("priced_by", PricedBy, _("Choose what it is priced by."))
    carrier = answers.text("carrier", _("Choose who takes it."), longest=32)
    vat_bp = _read_percent(answers, "vat")
    position = read_number(answers, "position", least=0, most=POSITION_MAX)
    weight_g = None
    if answers.typed.get("unknown_weight_g", "").strip():
        weight_g = read_number(answers, "unknown_weight_g", least=1, most=GRAMS_MAX)
    if answers.errors or priced_by is None or vat_bp is None or position is None:
        return None
    offered = answers.typed.get("offered") == "yes"
    return SetDeliveryMethod(
        brand, said, names, carrier, priced_by, vat_bp, position, offered, weight_g
    )


def read_zone(answers: Answers, way: DeliveryWay, *, name: str | None) -> SetDeliveryZone | None:
    """Return a zone of a way; None, and what is wrong said, when it cannot be read."""
    said = name or answers.text("name", _("Give it a name."), longest=NAME_MAX)
    country = answers.text("country", _("Two capital letters, as in FR."), longest=2).upper()
    postcodes = [each for each in re.split(r"[\s,;]+", answers.typed.get("postcodes", "")) if each]
    if not postcodes:
        answers.errors["postcodes"] = _("Give the beginning of at least one postcode.")
    days_min = read_number(answers, "days_min", least=0, most=DAYS_MAX)
    days_max = read_number(answers, "days_max", least=days_min or 0, most=DAYS_MAX)
    bands = read_bands(answers, read_cents if way.priced_by is PricedBy.AMOUNT else read_whole)
    if not bands:
        answers.errors.setdefault("bands", _("Give at least one price."))
    free_minor = None
    if answers.typed.get("free_from", "").strip():
        free_minor = _read_money(answers, "free_from")
    if answers.errors or days_min is None or days_max is None:
        return None
    return SetDeliveryZone(way.id, said, country, postcodes, days_min, days_max, bands, free_minor)


def type_method(way: DeliveryWay | None) -> dict[str, str]:
    """Return what the form of a way shows before somebody types; None for a new one."""
    if way is None:
        return {"vat": "20", "position": "0", "priced_by": "amount", "offered": "yes"}
    return {
        "name_fr": way.names.get("fr", ""),
        "name_en": way.names.get("en", ""),
        "priced_by": way.priced_by.value,
        "carrier": way.carrier,
        "vat": _plain(way.vat_bp),
        "position": str(way.position),
        "unknown_weight_g": str(way.unknown_weight_g or ""),
        "offered": "yes" if way.offered and not way.closed else "",
    }


def type_zone(way: DeliveryWay, zone: Zone | None) -> dict[str, str]:
    """Return what the form of a zone shows before somebody types; None for a new one."""
    if zone is None:
        return {"country": "FR", "days_min": "2", "days_max": "3", "bands": f"{ENDLESS} 4,90"}
    free = zone.free_from_minor
    return {
        "name": zone.name,
        "country": zone.country,
        "postcodes": " ".join(zone.postcodes),
        "days_min": str(zone.days_min),
        "days_max": str(zone.days_max),
        "free_from": "" if free is None else _plain(free),
        "bands": "\n".join(write_bands(way, zone)),
    }


def write_bands(way: DeliveryWay, zone: Zone) -> Sequence[str]:
    """Return a price table as it is typed: one line a price."""
    return lines_of(zone.bands, _plain if way.priced_by is PricedBy.AMOUNT else str)


def lines_of(bands: Iterable[Sequence[int | None]], write_bound: Callable[[int], str]) -> list[str]:
    """Return bands as they are typed: an upper bound and a price a line."""
    return [
        f"{ENDLESS if most is None else write_bound(most)} {_plain(price_minor or 0)}"
        for most, price_minor in bands
    ]


def read_bands(answers: Answers, read_bound: Callable[[str], int | None]) -> list[Band]:
    """Return the price table; each line is an upper bound and a price, `*` without end."""
    bands: list[Band] = []
    for line in answers.typed.get("bands", "")[:TEXT_MAX].splitlines():
        words = line.split()
        if not words:
            continue
        bound, price = (words[0], words[-1]) if len(words) > 1 else ("", "")
        most = None if bound == ENDLESS else read_bound(bound)
        price_minor = read_cents(price)
        if price_minor is None or (most is None and bound != ENDLESS):
            said = _("Line “%(line)s” is not an upper bound and a price.") % {"line": line.strip()}
            answers.errors["bands"] = said
            return []
        bands.append((most, price_minor))
    return bands


def _read_money(answers: Answers, name: str) -> int | None:
    minor = read_cents(answers.typed.get(name, "").strip())
    if minor is None:
        answers.errors[name] = _("Give an amount, as in 49,90.")
    return minor


def _read_percent(answers: Answers, name: str) -> int | None:
    rate_bp = read_cents(answers.typed.get(name, "").strip())
    if rate_bp is None or rate_bp > HUNDRED * HUNDRED:
        answers.errors[name] = _("Give a rate in per cent, as in 20 or 5,5.")
        return None
    return rate_bp


def read_cents(text: str) -> int | None:
    """Return an amount or a rate in hundredths; None where it is none."""
    if AMOUNT.fullmatch(text) is None:
        return None
    return int(Decimal(text.replace(",", ".")) * HUNDRED)


def read_whole(text: str) -> int | None:
    """Return a bound in grams or kilometres; None where it is no whole number."""
    return int(text) if text.isascii() and text.isdigit() and int(text) <= GRAMS_MAX else None


def _plain(hundredths: int) -> str:
    """Return an amount as it is typed: `4,90`, or `5` where nothing stands behind the comma."""
    whole, rest = divmod(hundredths, HUNDRED)
    return f"{whole},{rest:02}" if rest else str(whole)


def say_unfit(refusal: UnreadableZone) -> tuple[str, str]:
    """Return beside which field it is said why a zone cannot be meant, and the sentence."""
    field = refusal.facts.get("field", "")
    if field == "taken":
        taken = ", ".join(refusal.facts["postcodes"])
        said = _("%(zone)s has %(postcodes)s already.")
        return "postcodes", said % {"zone": refusal.facts["zone"], "postcodes": taken}
    words = {
        "country": _("No such country: two capital letters, as in FR."),
        "days_max": _("Working days are from fewest to most, 60 at most."),
        "bands": _("Bands rise, the one without end comes last, prices are not below 0."),
    }
    said = _("Give beginnings of postcodes like 75 or 97, in France of one to five digits.")
    return (field, words[field]) if field in words else ("postcodes", said)
