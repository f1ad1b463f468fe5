"""The HTTP face of the text messages: Twilio's paths, fields, pages and errors."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.faults import Fault, Faults
from sandbox.sms import ACCOUNT_SID, API, AUTH_TOKEN, TextMessages
from sandbox.store import Document

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SENDER = re.compile(r"\+?\d{3,15}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|MG[0-9a-fA-F]{32}")
_LONGEST_BODY = 1600
_PAGE_SIZE, _LARGEST_PAGE = 50, 1000


class TwilioError(Exception):
    """An answer in Twilio's error shape."""

    def __init__(
        self, status: int, code: int, message: str, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.retry_after = status, code, retry_after


@dataclass(frozen=True)
class _Page:
    """Which page of a list is asked for."""

    number: int
    size: int


def sms_pages(messages: TextMessages, faults: Faults) -> Blueprint:
    """Return the Messages API; every path needs the account's basic authentication."""
    pages = Blueprint("sms", __name__, url_prefix=API)
    base = "/Accounts/<account_sid>/Messages"

    @pages.before_request
    def authenticate() -> None:
        given = request.authorization
        known = given and (given.username, given.password) == (ACCOUNT_SID, AUTH_TOKEN)
        if not known or (request.view_args or {}).get("account_sid", ACCOUNT_SID) != ACCOUNT_SID:
            raise TwilioError(401, 20003, "Authenticate")

    @pages.errorhandler(TwilioError)
    def refuse(refusal: TwilioError) -> ResponseReturnValue:
        return _error(refusal)

    @pages.post(f"{base}.json")
    def create_message(account_sid: str) -> ResponseReturnValue:  # noqa: ARG001 - checked above
        return jsonify(_create(messages, faults)), 201

    @pages.get(f"{base}.json")
    def list_messages(account_sid: str) -> ResponseReturnValue:  # noqa: ARG001 - checked above
        return jsonify(_list(messages))

    @pages.get(f"{base}/<sid>.json")
    def show_message(account_sid: str, sid: str) -> ResponseReturnValue:  # noqa: ARG001 - checked above
        resource = messages.find(sid)
        if resource is None:
            raise TwilioError(404, 20404, f"The requested resource {request.path} was not found")
        return jsonify(resource)

    return pages


def _error(refusal: TwilioError) -> Response:
    """Return the refusal as Twilio shows it."""
    response = jsonify(
        code=refusal.code,
        message=str(refusal),
        more_info=f"https://www.twilio.com/docs/errors/{refusal.code}",
        status=refusal.status,
    )
    response.status_code = refusal.status
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 401:  # noqa: PLR2004 - the number is the standard's
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response


def _create(messages: TextMessages, faults: Faults) -> Document:
    """Send the message of the form, unless a script says otherwise."""
    fault = faults.take("sms")
    if fault:
        _fail_before(fault, faults)
    form = request.form
    recipient, text = form.get("To", ""), form.get("Body", "")
    sender = form.get("From") or form.get("MessagingServiceSid", "")
    _check(recipient=recipient, sender=sender, text=text)
    resource = messages.send(
        sender=sender,
        recipient=recipient,
        text=text,
        callback=form.get("StatusCallback", ""),
        undeliverable=fault is not None and fault.do == "undelivered",
    )
    time.sleep(faults.delay_s("sms"))
    if fault and fault.do == "accept_then_hang":
        faults.hang()
    return resource


def _fail_before(fault: Fault, faults: Faults) -> None:
    """Fail as scripted where the message is not to be taken."""
    if fault.do == "hang":
        faults.hang()
        raise TwilioError(504, 20500, "Gateway timeout")
    refusals = {
        "400": TwilioError(400, 21211, "Invalid 'To' Phone Number"),
        "401": TwilioError(401, 20003, "Authenticate"),
        "429": TwilioError(429, 20429, "Too Many Requests", fault.retry_after),
        "500": TwilioError(500, 20500, "An internal server error has occurred"),
    }
    if fault.do in refusals:
        raise refusals[fault.do]


def _check(*, recipient: str, sender: str, text: str) -> None:
    """Raise TwilioError with Twilio's code for what is missing or wrong."""
    checks = (
        (not recipient, 21604, "A 'To' phone number is required."),
        (not _E164.fullmatch(recipient), 21211, f"Invalid 'To' Phone Number: {recipient}"),
        (not sender, 21603, "A 'From' phone number is required."),
        (not _SENDER.fullmatch(sender), 21212, f"Invalid From Number (caller ID): {sender}"),
        (not text, 21602, "Message body is required."),
        (len(text) > _LONGEST_BODY, 21617, "The concatenated message body exceeds 1600 characters"),
    )
    for wrong, code, message in checks:
        if wrong:
            raise TwilioError(400, code, message)


def _list(messages: TextMessages) -> Document:
    """Return one page of the messages that fit the query, newest first."""
    page, fits = _read_page(), _read_filter()
    found = messages.list_newest(fits)
    start = page.number * page.size
    shown = found[start : start + page.size]
    more = start + page.size < len(found)
    return {
        "messages": shown,
        "page": page.number,
        "page_size": page.size,
        "start": start,
        "end": start + max(len(shown) - 1, 0),
        "uri": _page_uri(page, page.number),
        "first_page_uri": _page_uri(page, 0),
        "next_page_uri": _page_uri(page, page.number + 1, shown) if more else None,
        "previous_page_uri": _page_uri(page, page.number - 1) if page.number else None,
    }


def _page_uri(page: _Page, number: int, shown: list[Document] | None = None) -> str:
    """Return the address of a page of the same list."""
    query = {
        key: value
        for key, value in request.args.items()
        if key not in {"Page", "PageSize", "PageToken"}
    }
    query |= {"PageSize": str(page.size), "Page": str(number)}
    if shown:
        query["PageToken"] = f"PA{shown[-1]['sid']}"
    return f"{request.path}?{urlencode(query)}"


def _read_page() -> _Page:
    """Return the page asked for. Raises TwilioError."""
    number = request.args.get("Page", "0")
    size = request.args.get("PageSize", str(_PAGE_SIZE))
    if not number.isdecimal() or not size.isdecimal() or not 1 <= int(size) <= _LARGEST_PAGE:
        raise TwilioError(400, 20001, "Invalid paging parameters")
    return _Page(number=int(number), size=int(size))


def _read_filter() -> Callable[[Document], bool]:
    """Return the test for To, From and the GMT day of DateSent. Raises TwilioError."""
    wanted = {key.lower(): value for key, value in request.args.items() if key in {"To", "From"}}
    try:
        on, until, since = (
            date.fromisoformat(request.args[name][:10]) if name in request.args else None
            for name in ("DateSent", "DateSent<", "DateSent>")
        )
    except ValueError as failure:
        raise TwilioError(400, 20001, "Invalid DateSent") from failure

    def fits(resource: Document) -> bool:
        if any(resource[key] != value for key, value in wanted.items()):
            return False
        if not (on or until or since):
            return True
        if resource["date_sent"] is None:
            return False
        day = parsedate_to_datetime(resource["date_sent"]).date()
        return (not on or day == on) and (until or day) >= day >= (since or day)

    return fits
