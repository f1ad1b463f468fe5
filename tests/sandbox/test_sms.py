"""The text messages, held to Twilio's published OpenAPI description."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from sandbox import Addresses
from sandbox.sms import sign_callback
from sandbox.sms_length import count_segments

Script = Callable[[dict[str, Any]], None]
READY = {"To": "+33612345678", "From": "Comptoir", "Body": "Commande 7K3-M9PX prete"}


@pytest.fixture
def sms(sandbox: Addresses) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.sms, trust_env=False, timeout=5) as client:
        yield client


@pytest.fixture
def messages_url(sandbox: Addresses) -> str:
    return f"/2010-04-01/Accounts/{urlsplit(sandbox.sms).username}/Messages"


KINDS = {"string": str, "integer": int, "array": list, "object": dict}


def check(value: object, schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Hold a value to an OpenAPI schema: every property there, of its type and pattern."""
    if "$ref" in schema:
        check(value, schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
        return
    if value is None:
        assert schema.get("nullable"), schema
        return
    assert type(value) is KINDS[schema["type"]], (value, schema)
    if isinstance(value, str):
        assert value in schema.get("enum", [value])
        assert re.match(schema.get("pattern", ""), value)
    if isinstance(value, dict) and "properties" in schema:
        assert set(value) == set(schema["properties"])
        for name, part in schema["properties"].items():
            check(value[name], part, schemas)
    if isinstance(value, list):
        for item in value:
            check(item, schema["items"], schemas)


def test_answers_have_every_published_property(
    sms: httpx.Client, messages_url: str, vendor_payload: Callable[[str], Any]
) -> None:
    published = vendor_payload("twilio-messages-openapi.json")
    schemas = published["components"]["schemas"]
    message = schemas["api.v2010.account.message"]
    listing = published["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["get"]
    page = listing["responses"]["200"]["content"]["application/json"]["schema"]
    created = sms.post(f"{messages_url}.json", data=READY)
    assert created.status_code == 201
    check(created.json(), message, schemas)
    check(sms.get(created.json()["uri"]).json(), message, schemas)
    check(sms.get(f"{messages_url}.json").json(), page | {"type": "object"}, schemas)


def test_a_message_reaches_the_mailbox_and_is_delivered(
    sms: httpx.Client,
    messages_url: str,
    mailbox: httpx.Client,
    eventually: Callable[[Callable[[], Any]], Any],
) -> None:
    created = sms.post(f"{messages_url}.json", data=READY).json()
    assert (created["status"], created["date_sent"]) == ("queued", None)
    (kept,) = mailbox.get("/messages", params={"to": READY["To"]}).json()["messages"]
    assert (kept["kind"], kept["text"], kept["sid"]) == ("sms", READY["Body"], created["sid"])
    assert (kept["from"], kept["encoding"], kept["num_segments"]) == ("Comptoir", "GSM-7", 1)
    eventually(lambda: sms.get(created["uri"]).json()["status"] == "delivered")
    assert sms.get(created["uri"]).json()["date_sent"].endswith("+0000")


def test_status_callbacks_are_posted_and_signed(
    sms: httpx.Client,
    messages_url: str,
    receiver: Any,
    eventually: Callable[[Callable[[], Any]], Any],
) -> None:
    callback = f"{receiver.url}/sms-status?order=1"
    sms.post(f"{messages_url}.json", data=READY | {"StatusCallback": callback})
    eventually(lambda: len(receiver.requests) == 2)
    assert [got.form["MessageStatus"] for got in receiver.requests] == ["sent", "delivered"]
    for got in receiver.requests:
        assert got.path == "/sms-status?order=1"
        assert got.headers["X-Twilio-Signature"] == sign_callback(callback, got.form)


def test_the_list_is_filtered_and_paged_newest_first(sms: httpx.Client, messages_url: str) -> None:
    sent = [
        sms.post(f"{messages_url}.json", data=READY | {"Body": str(number)}).json()["sid"]
        for number in range(3)
    ]
    sms.post(f"{messages_url}.json", data=READY | {"To": "+33698765432"})
    query = {"To": READY["To"], "PageSize": "2"}
    first = sms.get(f"{messages_url}.json", params=query).json()
    assert [message["sid"] for message in first["messages"]] == [sent[2], sent[1]]
    assert (first["page"], first["start"], first["end"]) == (0, 0, 1)
    last = sms.get(first["next_page_uri"]).json()
    assert [message["sid"] for message in last["messages"]] == [sent[0]]
    assert last["next_page_uri"] is None
    assert sms.get(last["previous_page_uri"]).json()["messages"] == first["messages"]


def test_the_list_is_filtered_by_the_day_it_was_sent(
    sms: httpx.Client, messages_url: str, eventually: Callable[[Callable[[], Any]], Any]
) -> None:
    created = sms.post(f"{messages_url}.json", data=READY).json()
    sent = eventually(lambda: sms.get(created["uri"]).json()["date_sent"])
    day = parsedate_to_datetime(sent).date()

    def listed(**query: str) -> list[str]:
        found = sms.get(f"{messages_url}.json", params=query).json()["messages"]
        return [message["sid"] for message in found]

    assert listed(DateSent=day.isoformat()) == [created["sid"]]
    assert listed(DateSent=(day - timedelta(days=1)).isoformat()) == []
    assert listed(**{"DateSent>": day.isoformat()}) == [created["sid"]]
    assert listed(**{"DateSent<": (day - timedelta(days=1)).isoformat()}) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "0612345678"}, 21211),
        ({"From": ""}, 21603),
        ({"From": "Le comptoir du Nord"}, 21212),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
    ],
)
def test_a_wrong_message_is_refused_in_twilios_shape(
    sms: httpx.Client,
    messages_url: str,
    mailbox: httpx.Client,
    change: dict[str, str],
    code: int,
) -> None:
    response = sms.post(f"{messages_url}.json", data=READY | change)
    assert response.status_code == 400
    error = response.json()
    assert set(error) == {"code", "message", "more_info", "status"}
    assert (error["code"], error["status"]) == (code, 400)
    assert error["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert mailbox.get("/messages").json() == {"messages": []}


def test_strangers_and_unknown_messages_are_refused(
    sandbox: Addresses, sms: httpx.Client, messages_url: str
) -> None:
    stranger = httpx.post(
        f"{sandbox.stripe}{messages_url}.json", data=READY, auth=("AC", "no"), trust_env=False
    )
    assert (stranger.status_code, stranger.json()["code"]) == (401, 20003)
    unknown = sms.get(f"{messages_url}/SM{'0' * 32}.json")
    assert (unknown.status_code, unknown.json()["code"]) == (404, 20404)


@pytest.mark.parametrize(
    "answer", [(400, 21211), (401, 20003), (429, 20429), (500, 20500)], ids=str
)
def test_a_scripted_failure_comes_once_and_sends_nothing(
    sms: httpx.Client,
    messages_url: str,
    mailbox: httpx.Client,
    script: Script,
    answer: tuple[int, int],
) -> None:
    script({"sms": [{"do": str(answer[0])}]})
    failed = sms.post(f"{messages_url}.json", data=READY)
    assert (failed.status_code, failed.json()["code"]) == answer
    assert mailbox.get("/messages").json() == {"messages": []}
    assert sms.post(f"{messages_url}.json", data=READY).status_code == 201


def test_too_many_requests_may_name_a_wait(
    sms: httpx.Client, messages_url: str, script: Script
) -> None:
    script({"sms": [{"do": "429", "retry_after": 7}]})
    assert sms.post(f"{messages_url}.json", data=READY).headers["Retry-After"] == "7"


@pytest.mark.parametrize("accepted", [False, True])
def test_a_hanging_provider_may_or_may_not_have_sent(
    sms: httpx.Client,
    messages_url: str,
    mailbox: httpx.Client,
    script: Script,
    accepted: bool,  # noqa: FBT001 - pytest passes parameters by name
) -> None:
    script({"sms": [{"do": "accept_then_hang" if accepted else "hang"}]})
    with pytest.raises(httpx.ReadTimeout):
        sms.post(f"{messages_url}.json", data=READY, timeout=0.5)
    assert len(mailbox.get("/messages").json()["messages"]) == accepted
    assert len(sms.get(f"{messages_url}.json").json()["messages"]) == accepted


def test_an_undelivered_message_says_why(
    sms: httpx.Client,
    messages_url: str,
    script: Script,
    eventually: Callable[[Callable[[], Any]], Any],
) -> None:
    script({"sms": [{"do": "undelivered"}]})
    created = sms.post(f"{messages_url}.json", data=READY).json()
    eventually(lambda: sms.get(created["uri"]).json()["status"] == "undelivered")
    assert sms.get(created["uri"]).json()["error_code"] == 30003


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 153, 3),
        ("é" * 160, 1),
        ("ê" + "a" * 69, 1),
        ("ê" + "a" * 70, 2),
        ("ê" + "a" * 134, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_parts_are_counted_as_networks_count_them(text: str, segments: int) -> None:
    assert count_segments(text) == segments
