"""How messages leave this installation, and where they come in."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from kernel.config import ConfigError

INBOUND_MAX = 20
"""Signs before the @, at most: what answers come back with fits the 64 a name may have."""
IMAP_PORTS = {"imap": 143, "imaps": 993}
SMTP_PORTS = {"smtp": 25, "starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MessagingSettings:
    """The addresses of the mail server and the SMS provider; an empty one switches it off.

    `smtp_url` is `smtp://[user:password@]host[:port]`, or `smtps://` (TLS from the start) or
    `starttls://`. `sms_url` is `http[s]://account:token@host[:port]` of a provider that speaks
    Twilio's API; `sms_from` replaces the brand's sender. `sms_countries` lists the destinations
    that may be written to, as ISO codes, and `sms_hourly_max` counts messages: both keep a leaked
    form from emptying the purse. Links in messages begin with `public_url`. With `webhook_private`
    followers may live in the private network, also without TLS. Answers to conversations come back
    to `inbound_address`, which is also reached with `+` and a token before its `@`; it is read over
    IMAP where `imap_url` says `imap[s]://user:password@host[:port][/folder]`.

    Raises ConfigError when an address is of another kind.
    """

    smtp_url: str = ""
    sms_url: str = ""
    sms_from: str = ""
    sms_countries: str = "FR,MC,BE,CH,LU,DE,ES,IT,GB"
    sms_hourly_max: int = 500
    public_url: str = "http://localhost:8000"
    webhook_private: bool = False
    inbound_address: str = ""
    imap_url: str = ""

    def __post_init__(self) -> None:
        mail, sms = urlsplit(self.smtp_url), urlsplit(self.sms_url)
        if self.smtp_url and (mail.scheme not in SMTP_PORTS or not mail.hostname):
            raise ConfigError("SMTP_URL starts with smtp://, smtps:// or starttls:// and a host.")
        if self.sms_url and (sms.scheme not in {"http", "https"} or not sms.username):
            raise ConfigError("SMS_URL is http(s)://account:token@host.")
        local, _, domain = self.inbound_address.partition("@")
        if self.inbound_address and not (0 < len(local) <= INBOUND_MAX and domain):
            raise ConfigError(f"INBOUND_ADDRESS is name@domain, the name of {INBOUND_MAX} at most.")
        box = urlsplit(self.imap_url)
        if self.imap_url and (box.scheme not in IMAP_PORTS or not box.username):
            raise ConfigError("IMAP_URL is imap(s)://user:password@host[:port][/folder].")


_settings = [MessagingSettings()]


def configure(settings: MessagingSettings) -> None:
    """Have every later message of this process leave by these settings."""
    _settings[:] = [settings]


def settings() -> MessagingSettings:
    """Return the settings messages leave by."""
    return _settings[0]
