"""The words of the pages about stores for what the code names; pages say them through `_`."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from app.admin.words import Said
from app.i18n import N_
from stores.commands import Scope, StoreMethod
from stores.queries import OpeningStep, Standing

WAYS: Final[Mapping[StoreMethod, str]] = {
    StoreMethod.PICKUP: N_("Collection at the counter"),
    StoreMethod.DRIVE: N_("Drive"),
    StoreMethod.SHIP: N_("Sending from the store"),
    StoreMethod.RESERVATION: N_("Reservation without payment"),
}
WAYS_EXPLAINED: Final[Mapping[StoreMethod, str]] = {
    StoreMethod.PICKUP: N_("Customers come to the counter when the message says so."),
    StoreMethod.DRIVE: N_("Customers stay in the car, at a time they booked."),
    StoreMethod.SHIP: N_("The store packs parcels and hands them to the carrier."),
    StoreMethod.RESERVATION: N_("Articles are laid aside for a while, once the store agrees."),
}
SCOPES: Final[Mapping[Scope, str]] = {
    Scope.GLOBAL: N_("Everybody"),
    Scope.BRAND: N_("Brand"),
    Scope.GROUP: N_("Group"),
    Scope.STORE: N_("Store"),
}
STANDINGS: Final[Mapping[Standing, Said]] = {
    Standing.HOLDS: Said("ok", N_("Holds")),
    Standing.OVERRULED: Said("plain", N_("Overruled")),
    Standing.TO_COME: Said("wait", N_("To come")),
    Standing.ENDED: Said("plain", N_("No longer holds")),
}


class Rule(NamedTuple):
    """A setting of the trade in words: its name, and what it does."""

    name: str
    text: str


RULES: Final[Mapping[str, Rule]] = {
    "prepare_min": Rule(
        N_("Time to prepare an order"), N_("Counted in opening time only. Every promise uses it.")
    ),
    "hold_days": Rule(
        N_("A ready parcel is kept for"), N_("After that it goes back to the shelf.")
    ),
    "cut_off": Rule(
        N_("Last order of the day at"), N_("Later orders are counted from the next day on.")
    ),
    "orders_per_hour": Rule(
        N_("Orders prepared in an hour"), N_("A queue makes promises later, at this pace.")
    ),
    "orders_per_day": Rule(
        N_("Orders promised for one day"), N_("The next one is promised for the day after.")
    ),
    "hold_web_min": Rule(
        N_("Stock waits for a payment in the web shop"), N_("From the beginning of the payment.")
    ),
    "hold_phone_min": Rule(
        N_("Stock waits for an order by phone"), N_("Until its payment link is used.")
    ),
    "hold_store_min": Rule(
        N_("Stock waits for an order taken in the store"), N_("Until it is paid.")
    ),
    "hold_reservation_min": Rule(
        N_("A reservation without payment is kept for"), N_("Then the articles are free again.")
    ),
    "hold_extension_min": Rule(
        N_("A wait can be made longer by"), N_("While the customer is still active.")
    ),
    "count_limit_units": Rule(
        N_("A count may differ by"), N_("Beyond that somebody else has to approve it.")
    ),
    "count_task_hours": Rule(
        N_("A count has to be done within"), N_("After that it is late, and says so.")
    ),
    "shortage_hours": Rule(
        N_("A shortage has to be settled within"), N_("After that it is late, and says so.")
    ),
    "low_stock_units": Rule(N_("Stock is low from"), N_("Then the store is told.")),
    "slot_days": Rule(N_("Slots can be booked ahead for"), N_("Today is the first of these days.")),
    "accept_within_min": Rule(
        N_("An order has to be taken on within"),
        N_("Counted in opening time only. After that it is late, and says so."),
    ),
    "wave_size": Rule(
        N_("Parcels picked in one walk"), N_("At most so many boxes on the trolley.")
    ),
    "wave_order": Rule(
        N_("One walks through the store"), N_("In which order the stops of a walk are listed.")
    ),
    "scan_to_pick": Rule(
        N_("Articles are scanned when they are picked"),
        N_("Then the tablet takes no article without its code."),
    ),
    "substitute_min": Rule(
        N_("A customer answers about a substitute within"),
        N_("Without an answer they do not get it, and do not pay for what is missing."),
    ),
    "choice_hours": Rule(
        N_("A customer chooses another way within"),
        N_("When the store cannot prepare an order. Without an answer the next rule holds."),
    ),
    "choice_fallback": Rule(
        N_("Without a choice of the customer"), N_("What happens when nobody answered in time.")
    ),
    "wait_days": Rule(
        N_("Who chose to wait waits at most"), N_("Then the order is called off and refunded.")
    ),
    "partly": Rule(
        N_("When only a part is there"), N_("What is done with it, unless the customer says.")
    ),
    "extension_days": Rule(
        N_("One extension of the collection lasts"), N_("Counted from the last day so far.")
    ),
    "extensions_max": Rule(
        N_("The collection can be extended"), N_("By the customer, with one click.")
    ),
    "proxies_max": Rule(N_("A customer can send"), N_("Each of them gets a code of their own.")),
    "identity_from_minor": Rule(
        N_("An identity is looked at from a value of"), N_("Below it the code is enough.")
    ),
    "put_back_hours": Rule(
        N_("A bin has to be put back within"),
        N_("Until then its articles are for sale to nobody."),
    ),
    "late_hours": Rule(
        N_("A late order has to be settled within"), N_("After that it is told to the manager.")
    ),
    "conflict_hours": Rule(
        N_("A conflict has to be settled within"), N_("After that it is told to the manager.")
    ),
    "feed_empties_percent": Rule(
        N_("A feed may empty at most"),
        N_("Of the articles in stock. Above that it waits until somebody lets it through."),
    ),
    "arrival_alert_min": Rule(
        N_("Somebody who waits outside is served within"), N_("After that the board turns red.")
    ),
    "remorse_min": Rule(
        N_("A customer can call an order off alone for"),
        N_("Until then the store does not see it. What is ordered in the store is shown at once."),
    ),
    "reservation": Rule(
        N_("Articles are reserved without paying"),
        N_("The store confirms, keeps them for hours, and the customer buys what they like."),
    ),
    "reservation_confirm_min": Rule(
        N_("A reservation is confirmed within"),
        N_("Counted in opening hours. Otherwise it ends, and the customer is told."),
    ),
    "reservation_hold_hours": Rule(
        N_("A reservation is kept for"), N_("Counted from when it is ready.")
    ),
    "reservations_max": Rule(
        N_("A customer can have open at once"), N_("Reservations, by e-mail or phone.")
    ),
    "reservation_units_max": Rule(
        N_("Of one article can be reserved"), N_("More of it has to be ordered.")
    ),
    "desk_days": Rule(
        N_("The desk answers on"), N_("Days of the service that answers for all stores.")
    ),
    "desk_opens": Rule(N_("The desk begins at"), N_("Only what is said for everybody counts.")),
    "desk_closes": Rule(N_("The desk ends at"), N_("Answers are due in its hours.")),
    "reply_chat_min": Rule(
        N_("A chat is answered within"), N_("Minutes in which whoever answers is there.")
    ),
    "reply_phone_min": Rule(
        N_("A call is returned within"), N_("Unless the customer asked for a time.")
    ),
    "reply_sms_min": Rule(
        N_("A text message is answered within"), N_("In opening hours of whoever answers.")
    ),
    "reply_social_min": Rule(
        N_("A social network is answered within"), N_("In opening hours of whoever answers.")
    ),
    "reply_form_min": Rule(
        N_("The contact form is answered within"), N_("In opening hours of whoever answers.")
    ),
    "reply_email_min": Rule(
        N_("An e-mail is answered within"), N_("Also what has no time of its own.")
    ),
    "answers_in": Rule(
        N_("The store answers in"), N_("Questions in another language go to the desk.")
    ),
}
OPTIONS: Final[Mapping[str, str]] = {
    "shelf": N_("by shelf"),
    "category": N_("by category"),
    "promise": N_("by promise, the soonest first"),
    "off": N_("no"),
    "on": N_("yes"),
    "refund": N_("refund it"),
    "wait": N_("wait until all of it is there"),
    "ask": N_("ask the customer"),
    "announce": N_("announce what is there"),
    "split": N_("split the order"),
    "Mo-Fr": N_("Monday to Friday"),
    "Mo-Sa": N_("Monday to Saturday"),
    "Mo-Su": N_("every day"),
    "fr en": N_("French and English"),
    "fr": N_("French"),
    "en": N_("English"),
}
"""What settings that are one of a few words say."""
STEPS: Final[Mapping[OpeningStep, Rule]] = {
    OpeningStep.HOURS: Rule(
        N_("Opening hours"), N_("Without hours nothing can be promised to anybody.")
    ),
    OpeningStep.STAFF: Rule(
        N_("Staff with a PIN"), N_("At least one person who can sign in on a tablet.")
    ),
    OpeningStep.STOCK: Rule(N_("Opening stock"), N_("What lies on the shelves on the first day.")),
    OpeningStep.TABLET: Rule(N_("A tablet"), N_("It shows what to prepare and hands over.")),
    OpeningStep.PRACTICE: Rule(
        N_("A practice order"),
        N_("Placed, prepared and handed over once, so that the first customer is not the test."),
    ),
}
