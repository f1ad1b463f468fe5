"""Settings of the installation: frozen sections, read once from the environment."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar, get_type_hints

TRUE, FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
Section = TypeVar("Section")


class ConfigError(Exception):
    """A setting is missing or wrong; the message says which, in one sentence."""


def read_section(section: type[Section], environ: Mapping[str, str]) -> Section:
    """Return a frozen settings section filled from the environment.

    Each field names its variable: `smtp_url` is read from `SMTP_URL`. A field without a default
    is required.

    Raises ConfigError with one sentence when a value is missing or cannot be read.
    """
    hints = get_type_hints(section)
    values: dict[str, Any] = {}
    for field in fields(section):  # type: ignore[arg-type]  # sections are dataclasses
        name = field.name.upper()
        text = environ.get(name, "").strip()
        if text:
            values[field.name] = _read(name, text, hints[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise ConfigError(f"{name} is not set.")
    return section(**values)


def _read(name: str, text: str, kind: type) -> object:
    if kind is bool:
        if text.lower() not in TRUE | FALSE:
            raise ConfigError(f"{name} is {text!r}; write 1 or 0.")
        return text.lower() in TRUE
    if kind is int:
        if not text.lstrip("-").isascii() or not text.lstrip("-").isdigit():
            raise ConfigError(f"{name} is {text!r}; write a whole number.")
        return int(text)
    return text
