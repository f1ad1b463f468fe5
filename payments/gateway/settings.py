"""How this installation reaches Stripe."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from kernel.config import ConfigError

KEY_PREFIXES = ("sk_test_", "sk_live_", "rk_test_", "rk_live_")


@dataclass(frozen=True, slots=True)
class PaymentSettings:
    """Stripe's address, our secret key there (empty: no card payment), and the webhook's secret.

    `stripe_timeout_s` is how long an answer may take before its outcome counts as unknown. Without
    a webhook secret every webhook is refused, and payments are found by asking.

    Raises ConfigError when the address or the key is of another kind.
    """

    stripe_api_url: str = "https://api.stripe.com"
    stripe_api_key: str = ""
    stripe_webhook_secret: str = ""
    stripe_timeout_s: int = 10

    def __post_init__(self) -> None:
        url = urlsplit(self.stripe_api_url)
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise ConfigError("STRIPE_API_URL starts with https:// and a host.")
        if self.stripe_api_key and not self.stripe_api_key.startswith(KEY_PREFIXES):
            raise ConfigError("STRIPE_API_KEY is a secret or restricted key: sk_… or rk_….")
        if self.stripe_timeout_s < 1:
            raise ConfigError("STRIPE_TIMEOUT_S is at least 1 second.")

    @property
    def is_on(self) -> bool:
        """Tell whether cards can be charged."""
        return bool(self.stripe_api_key)

    @property
    def is_live(self) -> bool:
        """Tell whether real money moves; what the other mode tells us is not believed."""
        return "_live_" in self.stripe_api_key[:8]


_settings = [PaymentSettings()]


def configure(settings: PaymentSettings) -> None:
    """Have every later call of this process go by these settings."""
    _settings[:] = [settings]


def settings() -> PaymentSettings:
    """Return the settings calls go by."""
    return _settings[0]
