"""Stripe's request parameters: bracketed form fields, read strictly.

A parameter that the sandbox does not know is refused as Stripe refuses what it does not know,
so that no caller can believe in an effect that is not there.
"""

import re
from collections.abc import Iterable

from sandbox.stripe_errors import StripeError, bad_parameter

LARGEST_AMOUNT = 99_999_999

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_MOST_METADATA, _LONGEST_NAME, _LONGEST_VALUE = 50, 40, 500

Fields = dict[str, "str | Fields"]


class Form:
    """The parameters of one request, or of one nested object within it."""

    def __init__(self, fields: Fields, path: str = "") -> None:
        self.fields = fields
        self._path = path

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> "Form":
        """Return the form of `a[b][0]=c` pairs; lists are objects with numbers as names."""
        fields: Fields = {}
        for key, value in pairs:
            match = _KEY.fullmatch(key)
            if match is None:
                raise bad_parameter(f"Invalid parameter name: {key}", key)
            names = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
            _put(fields, names, value)
        return cls(fields)

    def allow(self, *names: str) -> None:
        """Refuse every parameter but these."""
        for name in self.fields:
            if name not in names:
                param = self._name(name)
                message = f"Received unknown parameter: {param}"
                raise bad_parameter(message, param, "parameter_unknown")

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text. Refuses its absence where there is no default."""
        value = self.fields.get(name, default)
        if value is None or (value == "" and default is None):
            message = f"Missing required param: {self._name(name)}."
            raise bad_parameter(message, self._name(name), "parameter_missing")
        if not isinstance(value, str):
            raise bad_parameter(f"Invalid string: {self._name(name)}", self._name(name))
        return value

    def optional(self, name: str) -> str | None:
        """Return a text, or None where it is absent or empty."""
        return self.text(name, "") or None

    def choice(self, name: str, choices: Iterable[str], default: str | None = None) -> str:
        """Return one of the choices."""
        value, known = self.text(name, default), list(choices)
        if value not in known:
            message = f"Invalid {self._name(name)}: must be one of {', '.join(known)}"
            raise bad_parameter(message, self._name(name))
        return value

    def integer(self, name: str, default: int | None = None, *, least: int = 0) -> int:
        """Return a whole number of at least `least`."""
        value = self.text(name, None if default is None else str(default))
        if not re.fullmatch(r"-?[0-9]{1,12}", value):
            message = f"Invalid integer: {value}"
            raise bad_parameter(message, self._name(name), "parameter_invalid_integer")
        if int(value) < least:
            message = f"This value must be greater than or equal to {least}."
            raise bad_parameter(message, self._name(name), "parameter_invalid_integer")
        return int(value)

    def amount(self, name: str, default: int | None = None) -> int:
        """Return an amount in minor units, at least 1."""
        value = self.integer(name, default, least=1)
        if value > LARGEST_AMOUNT:
            message = f"Amount must be no more than {LARGEST_AMOUNT}"
            raise bad_parameter(message, self._name(name), "amount_too_large")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false."""
        return self.choice(name, ("true", "false"), str(default).lower()) == "true"

    def part(self, name: str) -> "Form":
        """Return a nested object, empty where it is absent."""
        value = self.fields.get(name, {})
        if isinstance(value, str):
            if value:
                raise bad_parameter(f"Invalid object: {self._name(name)}", self._name(name))
            value = {}
        return Form(value, self._name(name))

    def parts(self, name: str) -> list["Form"]:
        """Return the nested objects of a list."""
        listed = self.part(name)
        return [listed.part(index) for index in listed.fields]

    def texts(self, name: str) -> list[str]:
        """Return the texts of a list."""
        listed = self.part(name)
        return [listed.text(index) for index in listed.fields]

    def metadata(self) -> dict[str, str]:
        """Return the metadata within Stripe's limits; an empty value is left out."""
        part = self.part("metadata")
        values = {name: part.text(name, "") for name in part.fields}
        if len(values) > _MOST_METADATA:
            raise bad_parameter("Metadata can have at most 50 keys", self._name("metadata"))
        for name, value in values.items():
            if len(name) > _LONGEST_NAME or len(value) > _LONGEST_VALUE:
                message = "Metadata keys have at most 40 characters, values at most 500"
                raise bad_parameter(message, f"{self._name('metadata')}[{name}]")
        return {name: value for name, value in values.items() if value}

    def _name(self, name: str) -> str:
        """Return the parameter's full name as the caller wrote it."""
        return f"{self._path}[{name}]" if self._path else name


def _put(fields: Fields, names: list[str], value: str) -> None:
    """Set the value under the nested names; an empty name takes the next number."""
    here = fields
    for depth, name in enumerate(names):
        key = name or str(len(here))
        if depth == len(names) - 1:
            here[key] = value
            return
        inner = here.setdefault(key, {})
        if isinstance(inner, str):
            raise StripeError(f"Invalid parameters: {key} is text and object", kept=False)
        here = inner
