"""Settings of the trade: every key there is, its unit, bounds and default. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time
from functools import lru_cache
from typing import Any, Final

from stores.errors import UnknownSetting, UnreadableSetting

Value = int | str | None


@dataclass(frozen=True, slots=True)
class TradeRules:
    """The settings as they hold at one location; None is no limit."""

    prepare_min: int = 120
    hold_days: int = 7
    cut_off: time | None = None
    orders_per_hour: int | None = None
    orders_per_day: int | None = None
    hold_web_min: int = 35
    hold_phone_min: int = 1_440
    hold_store_min: int = 1_440
    hold_reservation_min: int = 2_880
    hold_extension_min: int = 85
    count_limit_units: int = 5
    count_task_hours: int = 24
    shortage_hours: int = 4
    low_stock_units: int = 2
    slot_days: int = 14
    accept_within_min: int = 15
    wave_size: int = 10
    wave_order: str = "shelf"
    scan_to_pick: str = "off"
    substitute_min: int = 30
    choice_hours: int = 24
    choice_fallback: str = "refund"
    wait_days: int = 14
    partly: str = "ask"
    extension_days: int = 3
    extensions_max: int = 1
    proxies_max: int = 3
    identity_from_minor: int | None = None
    put_back_hours: int = 4
    late_hours: int = 2
    conflict_hours: int = 24
    arrival_alert_min: int = 2
    feed_empties_percent: int = 50
    remorse_min: int = 0
    reservation: str = "off"
    reservation_confirm_min: int = 60
    reservation_hold_hours: int = 24
    reservations_max: int = 3
    reservation_units_max: int = 2
    desk_days: str = "Mo-Sa"
    desk_opens: time = time(9)
    desk_closes: time = time(19)
    reply_chat_min: int = 2
    reply_phone_min: int = 60
    reply_sms_min: int = 60
    reply_social_min: int = 120
    reply_form_min: int = 240
    reply_email_min: int = 480
    answers_in: str = "fr en"

    @property
    def reserves(self) -> bool:
        """Tell whether articles are reserved here without being paid."""
        return self.reservation == "on"

    def hold_min(self, channel: str) -> int:
        """Return for how many minutes stock is held for somebody on this channel.

        Channels without a setting of their own hold as long as the telephone.
        """
        found: int = getattr(self, f"hold_{channel}_min", self.hold_phone_min)
        return found

    def reply_min(self, channel: str) -> int:
        """Return within how many minutes of opening time somebody on this channel is answered.

        Channels without a setting of their own are answered as soon as e-mails.
        """
        found: int = getattr(self, f"reply_{channel}_min", self.reply_email_min)
        return found


@dataclass(frozen=True, slots=True)
class Key:
    """A setting: its unit, its bounds (both included), whether it can be without a limit.

    One with `options` is one of these words.
    """

    name: str
    unit: str
    least: int = 0
    most: int = 0
    optional: bool = False
    options: tuple[str, ...] = ()

    @property
    def default(self) -> Value:
        """Return what holds where nobody set anything."""
        return write_value(getattr(USUAL, self.name))


USUAL: Final = TradeRules()
"""What holds where nobody set anything."""

CLOCK: Final = "HH:MM"
"""Unit of a time of day where the store is."""
CHOICE: Final = "choice"
"""Unit of a setting that is one of a few words."""

KEYS: Final[Mapping[str, Key]] = {
    key.name: key
    for key in (
        Key("prepare_min", "minutes", 0, 10_080),
        Key("hold_days", "days", 1, 60),
        Key("cut_off", CLOCK, optional=True),
        Key("orders_per_hour", "orders", 1, 1_000, optional=True),
        Key("orders_per_day", "orders", 1, 100_000, optional=True),
        Key("hold_web_min", "minutes", 5, 1_440),
        Key("hold_phone_min", "minutes", 5, 20_160),
        Key("hold_store_min", "minutes", 5, 20_160),
        Key("hold_reservation_min", "minutes", 5, 20_160),
        Key("hold_extension_min", "minutes", 0, 1_440),
        Key("count_limit_units", "units", 0, 100_000),
        Key("count_task_hours", "hours", 1, 720),
        Key("shortage_hours", "hours", 1, 720),
        Key("low_stock_units", "units", 0, 100_000),
        Key("slot_days", "days", 1, 60),
        Key("accept_within_min", "minutes", 1, 1_440),
        Key("wave_size", "orders", 1, 50),
        Key("wave_order", CHOICE, options=("shelf", "category", "promise")),
        Key("scan_to_pick", CHOICE, options=("off", "on")),
        Key("substitute_min", "minutes", 1, 1_440),
        Key("choice_hours", "hours", 1, 336),
        Key("choice_fallback", CHOICE, options=("refund", "wait")),
        Key("wait_days", "days", 1, 60),
        Key("partly", CHOICE, options=("ask", "wait", "announce", "split")),
        Key("extension_days", "days", 1, 30),
        Key("extensions_max", "times", 0, 10),
        Key("proxies_max", "people", 0, 10),
        Key("identity_from_minor", "minor units", 0, 100_000_000, optional=True),
        Key("put_back_hours", "hours", 1, 168),
        Key("late_hours", "hours", 1, 168),
        Key("conflict_hours", "hours", 1, 168),
        Key("arrival_alert_min", "minutes", 1, 60),
        Key("feed_empties_percent", "percent", 1, 100),
        Key("remorse_min", "minutes", 0, 120),
        Key("reservation", CHOICE, options=("off", "on")),
        Key("reservation_confirm_min", "minutes", 5, 1_440),
        Key("reservation_hold_hours", "hours", 1, 168),
        Key("reservations_max", "orders", 1, 50),
        Key("reservation_units_max", "units", 1, 100),
        Key("desk_days", CHOICE, options=("Mo-Fr", "Mo-Sa", "Mo-Su")),
        Key("desk_opens", CLOCK),
        Key("desk_closes", CLOCK),
        Key("reply_chat_min", "minutes", 1, 10_080),
        Key("reply_phone_min", "minutes", 1, 10_080),
        Key("reply_sms_min", "minutes", 1, 10_080),
        Key("reply_social_min", "minutes", 1, 10_080),
        Key("reply_form_min", "minutes", 1, 10_080),
        Key("reply_email_min", "minutes", 1, 10_080),
        Key("answers_in", CHOICE, options=("fr en", "fr", "en")),
    )
}


CLOCKS: Final = frozenset(name for name, key in KEYS.items() if key.unit == CLOCK)


def find_key(name: str) -> Key:
    """Return what is known of a key.

    Raises UnknownSetting.
    """
    if name not in KEYS:
        raise UnknownSetting(key=name, known=sorted(KEYS))
    return KEYS[name]


def check_value(name: str, value: object) -> Value:
    """Return a value that may be stored under a key.

    Raises UnknownSetting, or UnreadableSetting, which says what would be right.
    """
    key = find_key(name)
    if value is None and key.optional:
        return None
    if key.unit == CLOCK:
        if isinstance(value, str) and _clock(value) is not None:
            return value
        raise UnreadableSetting(f"{name} is a time like 16:40.", key=name)
    if key.options:
        if value in key.options:
            return value
        raise UnreadableSetting(f"{name} is one of {', '.join(key.options)}.", key=name)
    if type(value) is int and key.least <= value <= key.most:
        return value
    raise UnreadableSetting(
        f"{name} is a whole number of {key.unit} from {key.least} to {key.most}.", key=name
    )


def read_rules(stored: Mapping[str, Any], *, prepare_min: int, hold_days: int) -> TradeRules:
    """Return the rules of a location out of its row; what it does not say is usual."""
    if not stored:
        return _usual(prepare_min, hold_days)
    said = {each.name: stored[each.name] for each in fields(TradeRules) if each.name in stored}
    for name in CLOCKS & said.keys():
        said[name] = said[name] and _clock(said[name])
    return TradeRules(**{**said, "prepare_min": prepare_min, "hold_days": hold_days})


def write_value(value: object) -> Value:
    """Return a value as JSON keeps it."""
    return value.strftime("%H:%M") if isinstance(value, time) else value  # type: ignore[return-value]  # fields of TradeRules are nothing else


@lru_cache(maxsize=256)
def _usual(prepare_min: int, hold_days: int) -> TradeRules:
    return TradeRules(prepare_min=prepare_min, hold_days=hold_days)


def _clock(text: str) -> time | None:
    hour, _, minute = text.partition(":")
    plain = text.isascii() and hour.isdigit() and minute.isdigit() and len(minute) == len("00")
    try:
        return time(int(hour), int(minute)) if plain and len(hour) == len("00") else None
    except ValueError:
        return None
