"""Reading what was typed: forms and addresses, with every complaint beside its field."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import request

from app.i18n import gettext as _

TEXT_MAX: Final = 200
PAGE_MAX: Final = 2_000
YEARS: Final = range(2_000, 3_000)
Kind = TypeVar("Kind", bound=StrEnum)


@dataclass
class Answers:
    """What a form says; `errors` fills as fields are read, in the order they are read."""

    typed: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, missing: str = "", *, longest: int = TEXT_MAX) -> str:
        """Return a line of text; `missing` is said where there is none, unless it may be empty."""
        said = plain(self.typed.get(name, ""))
        if not said and missing:
            self.errors[name] = missing
        elif len(said) > longest:
            self.errors[name] = _("At most %(most)d signs.") % {"most": longest}
        return said

    def secret(self, name: str) -> str:
        """Return what was typed exactly as it was: blanks belong to passwords."""
        return self.typed.get(name, "")

    def choice(self, name: str, kind: type[Kind], missing: str) -> Kind | None:
        """Return one of a few words; None, and `missing` said, when it is none of them."""
        found = one_of(kind, self.typed.get(name))
        if found is None:
            self.errors[name] = missing
        return found

    def moment(self, name: str, missing: str, *, zone: str) -> datetime | None:
        """Return an instant given as a day and time of a place; None when it is none."""
        try:
            local = datetime.fromisoformat(self.typed.get(name, ""))
        except ValueError:
            local = None
        if local is None or local.year not in YEARS:
            self.errors[name] = missing
            return None
        return local.replace(tzinfo=ZoneInfo(zone)) if local.tzinfo is None else local


def read_form() -> Answers:
    """Return the answers of the form that was sent."""
    return Answers(request.form)


def plain(text: str) -> str:
    """Return text without control signs, blanks joined, in the form in which it can be found."""
    kept = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def one_of(kind: type[Kind], text: str | None) -> Kind | None:
    """Return the word of an enumeration, or None."""
    return next((each for each in kind if each.value == text), None)


def asked(name: str) -> str:
    """Return what the address says of `name`; empty when nothing."""
    return plain(request.args.get(name, ""))[:TEXT_MAX]


def asked_page() -> int:
    """Return which page of a list the address asks for, from 1."""
    said = request.args.get("page", "")
    return min(max(int(said), 1), PAGE_MAX) if said.isascii() and said.isdigit() else 1


def read_id(text: str) -> UUID | None:
    """Return an id, or None when the text is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
