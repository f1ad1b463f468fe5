"""Rules and decisions in sentences an area manager understands, in French and English. Pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final

from orders.sourcing.rules import WAREHOUSE, After

FRENCH: Final = "fr"
Words = tuple[str, str]
"""The same in English and in French."""

WORDS: Final[Mapping[str, Words]] = {
    "filter:within_km": (
        "Only locations within {km} km.",
        "Seulement les lieux à moins de {km} km.",
    ),
    "filter:units_left": (
        "Nobody sends their last units: at least {units} of each article stay.",
        "Personne n’envoie ses dernières unités : il en reste au moins {units} par article.",
    ),
    "filter:units_left:exempt": (
        "No store sends its last units: at least {units} of each article stay. Warehouses may.",
        "Les magasins gardent leurs dernières unités : au moins {units}. Les entrepôts non.",
    ),
    "filter:has_all": (
        "Only locations that have everything.",
        "Seulement les lieux qui ont tout.",
    ),
    "filter:has_some": (
        "Only locations that have some of it.",
        "Seulement les lieux qui en ont une partie.",
    ),
    "filter:role:warehouse": ("Only warehouses.", "Seulement les entrepôts."),
    "filter:role:store": ("Only stores.", "Seulement les magasins."),
    "filter:groups:only": (
        "Only stores of the groups {codes}.",
        "Seulement les magasins des groupes {codes}.",
    ),
    "filter:groups:not": (
        "No stores of the groups {codes}.",
        "Aucun magasin des groupes {codes}.",
    ),
    "filter:locations:only": (
        "Only these locations: {codes}.",
        "Seulement ces lieux : {codes}.",
    ),
    "filter:locations:not": ("None of these locations: {codes}.", "Aucun de ces lieux : {codes}."),
    "filter:load": (
        "Only locations with at most {parcels} parcels to prepare.",
        "Seulement les lieux avec au plus {parcels} colis à préparer.",
    ),
    "filter:capacity": (
        "Only locations whose day is not full.",
        "Seulement les lieux dont la journée n’est pas complète.",
    ),
    "filter:ready_within": (
        "Only locations that are ready within {hours} hours.",
        "Seulement les lieux prêts en {hours} heures.",
    ),
    "filter:cost": (
        "Only locations from where a parcel costs at most {most_minor}.",
        "Seulement les lieux d’où un colis coûte au plus {most_minor}.",
    ),
    "rank:distance": ("The nearest first.", "Les plus proches d’abord."),
    "rank:distance:step": (
        "The nearest first, in steps of {step_km} km.",
        "Les plus proches d’abord, par tranches de {step_km} km.",
    ),
    "rank:availability": ("Who has most of it first.", "Ceux qui en ont le plus d’abord."),
    "rank:load": (
        "Who has the fewest parcels to prepare first.",
        "Ceux qui ont le moins de colis à préparer d’abord.",
    ),
    "rank:ready": ("Who is ready soonest first.", "Ceux qui sont prêts le plus tôt d’abord."),
    "rank:ready:step": (
        "Who is ready soonest first, in steps of {step_hours} hours.",
        "Ceux qui sont prêts le plus tôt d’abord, par tranches de {step_hours} heures.",
    ),
    "rank:cost": ("The cheapest parcel first.", "Le colis le moins cher d’abord."),
    "rank:role:warehouse": ("Warehouses first.", "Les entrepôts d’abord."),
    "rank:role:store": ("Stores first.", "Les magasins d’abord."),
    "rank:groups": (
        "In this order of groups: {codes}, then the others.",
        "Dans cet ordre de groupes : {codes}, puis les autres.",
    ),
    "rank:locations": (
        "In this order: {codes}, then the others.",
        "Dans cet ordre : {codes}, puis les autres.",
    ),
    "by": ("By the rules “{name}”.", "Selon les règles « {name} »."),
    "by:usual": (
        "No rules were set: the nearest location that has everything sends it.",
        "Aucune règle n’était définie : le lieu le plus proche qui a tout l’envoie.",
    ),
    "all": (
        "{name} sends all of it, {km} km away: {why}.",
        "{name} envoie tout, à {km} km : {why}.",
    ),
    "part": (
        "{name} sends {units} of {asked} ({km} km away): {why}.",
        "{name} envoie {units} sur {asked} (à {km} km) : {why}.",
    ),
    "lacked": (
        "The pickup store lacked {articles}: {after}.",
        "Le magasin de retrait n’avait pas {articles} : {after}.",
    ),
    "brings": (
        "{name} brings {units} of {asked} ({km} km away): {why}.",
        "{name} apporte {units} sur {asked} (à {km} km) : {why}.",
    ),
    "why:alone": ("no other location could", "aucun autre lieu ne le pouvait"),
    "why:distance": ("nearest of {kept} that could", "le plus proche de {kept} possibles"),
    "why:availability": (
        "has the most of it of {kept} that could",
        "en a le plus parmi {kept} possibles",
    ),
    "why:load": (
        "has the fewest parcels to prepare of {kept} that could",
        "a le moins de colis à préparer parmi {kept} possibles",
    ),
    "why:ready": ("ready soonest of {kept} that could", "prêt le plus tôt parmi {kept} possibles"),
    "why:cost": ("cheapest of {kept} that could", "le moins cher de {kept} possibles"),
    "why:role": (
        "the rules prefer its kind among {kept} that could",
        "les règles préfèrent ce type de lieu parmi {kept} possibles",
    ),
    "why:groups": (
        "its group comes first among {kept} that could",
        "son groupe passe d’abord parmi {kept} possibles",
    ),
    "why:locations": (
        "it comes first in the fixed order among {kept} that could",
        "il est premier dans l’ordre fixé parmi {kept} possibles",
    ),
    "why:code": (
        "as good as the next of {kept} that could",
        "aussi bon que le suivant parmi {kept} possibles",
    ),
    "why:fits": (
        "together these are the fewest parcels that make it complete",
        "ensemble, c’est le moins de colis pour que tout y soit",
    ),
    "split": (
        "No single location could send everything within the limits.",
        "Aucun lieu ne pouvait tout envoyer seul dans les limites.",
    ),
    "gathered": (
        "No location had everything: it is brought together first, and leaves in one parcel.",
        "Aucun lieu n’avait tout : on le rassemble d’abord, puis tout part en un colis.",
    ),
    "awaits": (
        "{articles} are announced for {until}: the order waits for them.",
        "{articles} sont annoncés pour le {until} : la commande les attend.",
    ),
    "relaxed": (
        "It takes more parcels than the limit, as the rules say for such a case.",
        "Il faut plus de colis que la limite, comme les règles le prévoient dans ce cas.",
    ),
    "fell:within_km": ("too far away", "trop loin"),
    "fell:units_left": (
        "the last unit would have been sold",
        "la dernière unité aurait été vendue",
    ),
    "fell:has_all": ("not everything is there", "tout n’y est pas"),
    "fell:has_some": ("nothing of it is there", "rien n’y est disponible"),
    "fell:role": ("not the kind of location wanted", "pas le type de lieu voulu"),
    "fell:groups": ("left out by group", "exclu par groupe"),
    "fell:locations": ("left out by name", "exclu nommément"),
    "fell:load": ("too many parcels to prepare", "trop de colis à préparer"),
    "fell:capacity": ("the day is full there", "la journée y est complète"),
    "fell:ready_within": ("not ready in time", "pas prêt à temps"),
    "fell:cost": ("a parcel from there costs too much", "un colis y coûte trop cher"),
    "fell:nothing": ("nothing of it is there", "rien n’y est disponible"),
    "fell:paused": ("paused", "en pause"),
    "fell:closed": ("closed", "fermé"),
    "fell:not-open-yet": ("not open yet", "pas encore ouvert"),
    "fell:not-offered": ("no orders are sent from there", "aucun envoi depuis ce lieu"),
    "fell": ("{count} fell out: {why}.", "Écartés : {count} ({why})."),
    "paused": (
        "{name} was paused until {until}.",
        "{name} était en pause jusqu’à {until}.",
    ),
    "missing": (
        "Nobody could send {articles} within the rules: {after}.",
        "Personne ne pouvait envoyer {articles} selon les règles : {after}.",
    ),
    "after:alternatives": (
        "the customer was shown other ways",
        "d’autres solutions ont été montrées au client",
    ),
    "after:split": ("more parcels were tried", "davantage de colis ont été tentés"),
    "after:transfer": (
        "it is brought there from elsewhere",
        "on le fait venir d’ailleurs",
    ),
    "after:wait": ("the order waits for it", "la commande l’attend"),
    "after:case": ("a person sees to it", "quelqu’un s’en occupe"),
    "do:alternatives": ("Show other ways", "Montrer d’autres solutions"),
    "do:split": ("Send more parcels", "Envoyer davantage de colis"),
    "do:transfer": ("Bring it together in one place", "Le rassembler en un seul lieu"),
    "do:wait": ("Wait for what is announced", "Attendre ce qui est annoncé"),
    "do:case": ("Take the order, and open a case", "Prendre la commande, et ouvrir un cas"),
    "limit:one": ("Everything in one parcel.", "Tout en un seul colis."),
    "limit:max_splits": ("At most {value} parcels.", "Au plus {value} colis."),
    "limit:min_value_minor": (
        "A parcel of a split order is worth at least {value}.",
        "Un colis d’une commande divisée vaut au moins {value}.",
    ),
    "limit:max_cost_minor": (
        "All parcels together cost at most {value}.",
        "Tous les colis ensemble coûtent au plus {value}.",
    ),
    "limit:ship_complete": (
        "Nothing leaves unless everything can.",
        "Rien ne part si tout ne peut pas partir.",
    ),
    "limit:after_partial": (
        "If only a part can be had: {value}.",
        "S’il n’y en a qu’une partie : {value}.",
    ),
    "limit:after_none": ("If nothing can be had: {value}.", "S’il n’y a rien : {value}."),
}


def word(key: str, language: str, **values: Any) -> str:  # noqa: ANN401 (what a sentence names)
    """Return a sentence or a part of one; languages we do not speak get English."""
    return WORDS[key][language == FRENCH].format(**values)


def say_rule(said: Mapping[str, Any], language: str, *, money: Callable[[int], str] = str) -> str:
    """Return one rule as a sentence; `money` writes minor units."""
    filters = "filter" in said
    name = said["filter" if filters else "rank"]
    values = defaultdict(lambda: "…", said)
    codes = next((said[key] for key in ("only", "not", "first") if key in said), ())
    values["codes"] = ", ".join(map(str, codes)) if isinstance(codes, list) else codes
    if "most_minor" in said:
        values["most_minor"] = money(said["most_minor"])
    for key in (f"{'filter' if filters else 'rank'}:{name}{tail}" for tail in _tails(said, name)):
        if key in WORDS:
            return WORDS[key][language == FRENCH].format_map(values)
    return str(name)


def _tails(said: Mapping[str, Any], name: str) -> list[str]:
    """Return what may follow a rule's name in the table of words, the closest first."""
    role = said.get("is") or said.get("first")
    tails = [f":{key}" for key in ("only", "not") if key in said]
    if name == "role":
        tails.append(f":{role or WAREHOUSE}")
    if said.get("except_warehouses"):
        tails.append(":exempt")
    if "step_km" in said or "step_hours" in said:
        tails.append(":step")
    return [*tails, ""]


def say_fall(fell: str, why: str, language: str) -> str:
    """Return why a location fell, in words; empty when it did not."""
    return word(f"fell:{why or fell.rpartition(':')[2]}", language) if fell else ""


def say_limits(
    said: Mapping[str, Any], language: str, *, money: Callable[[int], str] = str
) -> list[str]:
    """Return limits as sentences."""
    parcels = said.get("max_splits", 0) + 1
    key = "limit:max_splits" if parcels > 1 else "limit:one"
    sentences = [word(key, language, value=parcels)]
    sentences.extend(
        word(f"limit:{name}", language, value=money(said[name]))
        for name in ("min_value_minor", "max_cost_minor")
        if said.get(name)
    )
    if said.get("ship_complete"):
        sentences.append(word("limit:ship_complete", language))
    for name in ("after_partial", "after_none"):
        after = said.get(name, After.ALTERNATIVES.value)
        value = word(f"do:{after}", language)
        sentences.append(word(f"limit:{name}", language, value=value))
    return sentences
