"""Text messages through a provider that speaks Twilio's API."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit

import httpx
import phonenumbers

from notifications.gateway.outcomes import (
    ANSWER_S,
    NotFound,
    Outcome,
    RefusedForGood,
    RefusedForNow,
    Sent,
    Unanswered,
)
from notifications.gateway.settings import settings
from notifications.gateway.trusting import web_authorities

API = "/2010-04-01"
CLOCK_SKEW = timedelta(minutes=1)
NEWEST = 100
"""Messages to one number that a look-up reads."""
NOT_SIGNED_IN = frozenset({401, 403})
BUSY = frozenset({429, 503})
OK, REFUSED, BROKEN = 200, 400, 500


@dataclass(frozen=True, slots=True)
class Sms:
    """A text message ready to go; `to` is E.164."""

    sender: str
    to: str
    text: str


def may_text(number: str) -> bool:
    """Tell whether the country of an E.164 number is one that may be written to."""
    country = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    return country in {each.strip() for each in settings().sms_countries.split(",")}


def send_sms(sms: Sms) -> Outcome:
    """Give a text message to the provider and return what became of it."""
    try:
        response = _ask("POST", {"To": sms.to, "From": sms.sender, "Body": sms.text})
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        return RefusedForNow(f"sms connect: {type(error).__name__}")
    except httpx.HTTPError as error:
        return Unanswered(f"sms: {type(error).__name__}")
    return _read(response)


def find_sms(sms: Sms, *, since: datetime) -> Outcome:
    """Return whether the provider took this message at `since` or later.

    A queued message has no date of sending yet, so the date of its creation is compared here
    instead of asking the provider for the day.
    """
    try:
        response = _ask("GET", {"To": sms.to, "PageSize": str(NEWEST)})
        response.raise_for_status()
        for message in response.json()["messages"]:
            created = parsedate_to_datetime(message["date_created"])
            if message["body"] == sms.text and created >= since - CLOCK_SKEW:
                return Sent(message["sid"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        return Unanswered(f"sms look-up: {type(error).__name__}")
    return NotFound()


def _ask(method: str, values: dict[str, str]) -> httpx.Response:
    url = urlsplit(settings().sms_url)
    account, token = unquote(url.username or ""), unquote(url.password or "")
    host = url.netloc.rpartition("@")[2]
    # The settings alone say where messages go: no proxy from the environment, no redirect.
    known = web_authorities()
    with httpx.Client(
        auth=(account, token), timeout=ANSWER_S, trust_env=False, verify=known
    ) as client:
        return client.request(
            method,
            f"{url.scheme}://{host}{API}/Accounts/{account}/Messages.json",
            data=values if method == "POST" else None,
            params=values if method == "GET" else None,
        )


def _read(response: httpx.Response) -> Outcome:
    facts = _json(response)
    note = f"sms: {response.status_code} {facts.get('code') or ''}".strip()
    if response.is_success:
        sid = facts.get("sid")
        return Sent(str(sid)) if sid else Unanswered(f"{note} without an id")
    if response.status_code in BUSY:
        wait = response.headers.get("Retry-After", "")
        return RefusedForNow(note, int(wait) if wait.isdecimal() else 0)
    if response.status_code in NOT_SIGNED_IN:
        return RefusedForNow(note)
    return RefusedForGood(note) if REFUSED <= response.status_code < BROKEN else Unanswered(note)


def _json(response: httpx.Response) -> dict[str, object]:
    try:
        facts = response.json()
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}
