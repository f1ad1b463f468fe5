"""Settings: read once, typed, and refused in one sentence."""

from pathlib import Path

import pytest

from app.settings import read_settings
from kernel.config import ConfigError

GOOD = {
    "DATABASE_URL": "postgresql+psycopg://app@/comptoir",
    "REDIS_URL": "redis://127.0.0.1:6379",
    "COMPTOIR_SECRET": "a-secret-for-tests-0123456789-abcdef",
}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set."),
        ({"REDIS_URL": "  "}, "REDIS_URL is not set."),
        ({"COMPTOIR_SECRET": "too short"}, "COMPTOIR_SECRET needs at least 32 signs."),
        ({"DATABASE_POOL": "eight"}, "DATABASE_POOL is 'eight'; write a whole number."),
        ({"DATABASE_POOL": "1.5"}, "DATABASE_POOL is '1.5'; write a whole number."),
        ({"TRUSTED_PROXIES": "٣"}, "TRUSTED_PROXIES is '٣'; write a whole number."),
        ({"DEMO": "maybe"}, "DEMO is 'maybe'; write 1 or 0."),
        ({"SMTP_URL": "mail.example.org"}, "SMTP_URL starts with"),
        ({"SMS_URL": "https://no-account.example.org"}, "SMS_URL is http"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_settings({**GOOD, **change})
    assert str(refused.value).startswith(sentence)
    assert "\n" not in str(refused.value)


def test_settings_are_read_by_type() -> None:
    core = read_settings({**GOOD, "DATABASE_POOL": "3", "DEMO": "yes"}).core
    assert (core.database_pool, core.demo, core.trusted_proxies) == (3, True, 0)


def test_the_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    environ = {**GOOD, "COMPTOIR_SECRET": "", "COMPTOIR_HOME": str(tmp_path / "home")}
    first = read_settings(environ).secret
    assert len(first) >= 32
    assert read_settings(environ).secret == first
    assert (tmp_path / "home" / "secret").stat().st_mode & 0o777 == 0o600
    elsewhere = {**environ, "COMPTOIR_HOME": str(tmp_path / "other")}
    assert read_settings(elsewhere).secret != first
