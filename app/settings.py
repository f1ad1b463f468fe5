"""Settings of the installation: every knob, typed, read once from the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kernel.config import ConfigError, read_section
from notifications.gateway import MessagingSettings
from payments.gateway import PaymentSettings

SECRET_FILE = "secret"  # noqa: S105 (a file name)
HOME_DEFAULT = "var"


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """Where the truth is kept, and how this installation is reached.

    `public_url` is empty when unknown: links then follow the request's own host.
    `trusted_proxies` counts the proxies in front whose X-Forwarded headers are believed.
    """

    database_url: str
    redis_url: str
    database_owner_url: str = ""
    comptoir_home: str = HOME_DEFAULT
    comptoir_secret: str = ""
    public_url: str = ""
    trusted_proxies: int = 0
    database_pool: int = 8
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """All sections together, and the master secret."""

    core: CoreSettings
    messaging: MessagingSettings
    payment: PaymentSettings
    secret: bytes


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this process.

    Raises ConfigError with one sentence when a value is missing or wrong.
    """
    environ = os.environ if environ is None else environ
    core = read_section(CoreSettings, environ)
    return Settings(
        core,
        read_section(MessagingSettings, environ),
        read_section(PaymentSettings, environ),
        _secret(core),
    )


def _secret(core: CoreSettings) -> bytes:
    """Return the master secret: given, or made once and kept in the data folder for its owner."""
    if core.comptoir_secret:
        given = core.comptoir_secret.encode()
        if len(given) < 32:  # noqa: PLR2004 (256 bits)
            raise ConfigError("COMPTOIR_SECRET needs at least 32 signs.")
        return given
    path = Path(core.comptoir_home) / SECRET_FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_hex(32).encode())
    except FileExistsError:
        pass
    except OSError as error:
        raise ConfigError(f"COMPTOIR_SECRET is not set and {path} cannot be written.") from error
    return path.read_bytes()
