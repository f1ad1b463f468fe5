"""Payment intents, charges and refunds through the official client."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import stripe as vendor
from stripe import StripeClient
from stripe.params import RefundCreateParams

from sandbox import Addresses

KEY = {"Authorization": "Bearer sk_test_sandbox"}


def authorised(stripe: StripeClient, amount: int = 5000) -> Any:
    """Return an intent of 50 euros that waits for its capture."""
    return stripe.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "eur",
            "capture_method": "manual",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "metadata": {"order": "7K3-M9PX"},
        }
    )


def test_manual_capture_holds_first_and_takes_later(stripe: StripeClient) -> None:
    intent = authorised(stripe)
    assert (intent.status, intent.amount_capturable, intent.amount_received) == (
        "requires_capture",
        5000,
        0,
    )
    assert intent.metadata["order"] == "7K3-M9PX"
    charge = stripe.v1.charges.retrieve(intent.latest_charge)
    assert (charge.captured, charge.amount_captured, charge.paid) == (False, 0, True)
    taken = stripe.v1.payment_intents.capture(intent.id)
    assert (taken.status, taken.amount_capturable, taken.amount_received) == ("succeeded", 0, 5000)
    charge = stripe.v1.charges.retrieve(intent.latest_charge)
    assert (charge.captured, charge.amount_captured, charge.amount_refunded) == (True, 5000, 0)


def test_a_partial_capture_releases_the_rest_and_cannot_be_repeated(stripe: StripeClient) -> None:
    intent = authorised(stripe)
    with pytest.raises(vendor.InvalidRequestError) as refused:
        stripe.v1.payment_intents.capture(intent.id, {"amount_to_capture": 5001})
    assert (refused.value.http_status, refused.value.code) == (400, "amount_too_large")
    taken = stripe.v1.payment_intents.capture(intent.id, {"amount_to_capture": 3000})
    assert (taken.status, taken.amount_received) == ("succeeded", 3000)
    charge = stripe.v1.charges.retrieve(str(taken.latest_charge))
    assert (charge.amount_captured, charge.amount_refunded, charge.refunded) == (3000, 2000, False)
    with pytest.raises(vendor.InvalidRequestError) as refused:
        stripe.v1.payment_intents.capture(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_automatic_capture_takes_at_once(stripe: StripeClient) -> None:
    intent = stripe.v1.payment_intents.create(
        {
            "amount": 1200,
            "currency": "eur",
            "confirm": True,
            "payment_method": "pm_card_mastercard",
            "expand": ["latest_charge"],
        }
    )
    assert (intent.status, intent.amount_received) == ("succeeded", 1200)
    assert not isinstance(intent.latest_charge, str)
    assert intent.latest_charge
    assert intent.latest_charge.captured is True


def test_an_intent_waits_for_a_payment_method(stripe: StripeClient) -> None:
    intent = stripe.v1.payment_intents.create(
        {"amount": 1200, "currency": "eur", "capture_method": "manual"}
    )
    assert (intent.status, intent.latest_charge) == ("requires_payment_method", None)
    again = stripe.v1.payment_intents.retrieve(intent.id)
    assert again.to_dict() == intent.to_dict()
    paid = stripe.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert paid.status == "requires_capture"


def test_cancelling_releases_what_was_held(stripe: StripeClient) -> None:
    intent = authorised(stripe)
    gone = stripe.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (gone.status, gone.amount_capturable, gone.cancellation_reason) == (
        "canceled",
        0,
        "abandoned",
    )
    charge = stripe.v1.charges.retrieve(intent.latest_charge)
    assert (charge.refunded, charge.amount_refunded) == (True, 5000)
    for refused_move in (stripe.v1.payment_intents.capture, stripe.v1.payment_intents.cancel):
        with pytest.raises(vendor.InvalidRequestError) as refused:
            refused_move(intent.id)
        assert refused.value.code == "payment_intent_unexpected_state"


def test_a_declined_card_leaves_the_intent_open(stripe: StripeClient) -> None:
    intent = stripe.v1.payment_intents.create({"amount": 1200, "currency": "eur"})
    with pytest.raises(vendor.CardError) as declined:
        stripe.v1.payment_intents.confirm(
            intent.id, {"payment_method": "pm_card_visa_chargeDeclinedInsufficientFunds"}
        )
    assert (declined.value.http_status, declined.value.code) == (402, "card_declined")
    assert declined.value.error
    assert declined.value.error.decline_code == "insufficient_funds"
    left = stripe.v1.payment_intents.retrieve(intent.id)
    assert left.status == "requires_payment_method"
    assert left.last_payment_error
    assert left.last_payment_error.code == "card_declined"
    assert stripe.v1.charges.retrieve(str(left.latest_charge)).status == "failed"
    paid = stripe.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)


@pytest.mark.parametrize(
    ("decision", "status", "word"),
    [("approve", "requires_capture", "succeeded"), ("refuse", "requires_payment_method", "failed")],
)
def test_the_bank_may_ask_the_customer(
    stripe: StripeClient, shopper: httpx.Client, decision: str, status: str, word: str
) -> None:
    intent = stripe.v1.payment_intents.create(
        {
            "amount": 1200,
            "currency": "eur",
            "capture_method": "manual",
            "confirm": True,
            "payment_method": "pm_card_authenticationRequired",
            "return_url": "http://shop.example/back?order=1",
        }
    )
    assert intent.status == "requires_action"
    assert intent.next_action
    assert intent.next_action.redirect_to_url
    url = str(intent.next_action.redirect_to_url.url)
    assert "12.00" in shopper.get(url).text
    back = shopper.post(url, data={"decision": decision})
    assert back.status_code == 303
    assert back.headers["Location"].startswith(
        f"http://shop.example/back?order=1&payment_intent={intent.id}&"
    )
    assert back.headers["Location"].endswith(f"redirect_status={word}")
    assert stripe.v1.payment_intents.retrieve(intent.id).status == status
    assert shopper.post(url, data={"decision": "approve"}).status_code == 404


def test_refunds_stop_at_what_was_taken(stripe: StripeClient) -> None:
    intent = authorised(stripe)
    stripe.v1.payment_intents.capture(intent.id, {"amount_to_capture": 3000})
    first = stripe.v1.refunds.create(
        {"payment_intent": intent.id, "amount": 1000, "reason": "requested_by_customer"}
    )
    assert (first.status, first.amount, first.charge) == ("succeeded", 1000, intent.latest_charge)
    with pytest.raises(vendor.InvalidRequestError) as refused:
        stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 2001})
    assert (refused.value.http_status, refused.value.param) == (400, "amount")
    rest = stripe.v1.refunds.create({"charge": intent.latest_charge})
    assert rest.amount == 2000
    with pytest.raises(vendor.InvalidRequestError) as refused:
        stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 1})
    assert refused.value.code == "charge_already_refunded"
    charge = stripe.v1.charges.retrieve(intent.latest_charge)
    assert (charge.amount_refunded, charge.refunded) == (5000, True)
    listed = stripe.v1.refunds.list({"payment_intent": intent.id})
    assert [refund.id for refund in listed.data] == [rest.id, first.id]
    assert stripe.v1.refunds.retrieve(first.id).to_dict() == first.to_dict()


def test_what_is_not_captured_cannot_be_refunded(stripe: StripeClient) -> None:
    intent = authorised(stripe)
    by_intent: RefundCreateParams = {"payment_intent": intent.id}
    by_charge: RefundCreateParams = {"charge": intent.latest_charge}
    for named in (by_intent, by_charge):
        with pytest.raises(vendor.InvalidRequestError) as refused:
            stripe.v1.refunds.create(named)
        assert refused.value.http_status == 400
    assert stripe.v1.refunds.list().data == []


def test_a_repeated_key_gets_the_first_answer(stripe: StripeClient, sandbox: Addresses) -> None:
    intent = authorised(stripe)
    stripe.v1.payment_intents.capture(intent.id)
    url, headers = f"{sandbox.stripe}/v1/refunds", KEY | {"Idempotency-Key": "refund-1"}
    form = {"payment_intent": intent.id, "amount": "1000"}
    first = httpx.post(url, data=form, headers=headers, trust_env=False)
    second = httpx.post(url, data=form, headers=headers, trust_env=False)
    assert second.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(stripe.v1.refunds.list().data) == 1
    other = httpx.post(url, data=form | {"amount": "999"}, headers=headers, trust_env=False)
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")
    with pytest.raises(vendor.IdempotencyError):
        stripe.v1.refunds.create(
            {"payment_intent": intent.id, "amount": 5}, {"idempotency_key": "refund-1"}
        )


def test_copies_of_a_request_sent_together_take_effect_once(
    stripe: StripeClient, sandbox: Addresses
) -> None:
    headers = KEY | {"Idempotency-Key": "create-1"}

    def create(_copy: int) -> Any:
        form = {"amount": "500", "currency": "eur"}
        url = f"{sandbox.stripe}/v1/payment_intents"
        return httpx.post(url, data=form, headers=headers, trust_env=False).json()["id"]

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(create, range(8)))
    assert [intent.id for intent in stripe.v1.payment_intents.list().data] == list(ids)


def test_a_refused_parameter_leaves_the_key_free(stripe: StripeClient) -> None:
    key: Any = {"idempotency_key": "create-1"}
    with pytest.raises(vendor.InvalidRequestError) as refused:
        stripe.v1.payment_intents.create({"amount": 0, "currency": "eur"}, key)
    assert (refused.value.param, refused.value.code) == ("amount", "parameter_invalid_integer")
    assert stripe.v1.payment_intents.create({"amount": 60, "currency": "eur"}, key).amount == 60


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"amount": "12.5"}, "amount", "parameter_invalid_integer"),
        ({"amount": "49"}, "amount", "amount_too_small"),
        ({"amount": "100000000"}, "amount", "amount_too_large"),
        ({"currency": ""}, "currency", "parameter_missing"),
        ({"colour": "red"}, "colour", "parameter_unknown"),
        ({"metadata[note]": "x" * 501}, "metadata[note]", None),
        ({"confirm": "true", "payment_method": "pm_x"}, "payment_method", "resource_missing"),
    ],
)
def test_wrong_parameters_are_named(
    sandbox: Addresses, change: dict[str, str], param: str, code: str | None
) -> None:
    form = {"amount": "500", "currency": "eur"} | change
    url = f"{sandbox.stripe}/v1/payment_intents"
    response = httpx.post(url, data=form, headers=KEY, trust_env=False)
    error = response.json()["error"]
    assert (response.status_code, error["type"]) == (400, "invalid_request_error")
    assert (error["param"], error.get("code")) == (param, code)
    assert httpx.get(url, headers=KEY, trust_env=False).json()["data"] == []


def test_strangers_and_unknown_things_are_refused(stripe: StripeClient, sandbox: Addresses) -> None:
    for key in ("sk_test_", "sk_live_no", "pk_test_no"):
        answer = httpx.get(
            f"{sandbox.stripe}/v1/charges", headers={"Authorization": f"Bearer {key}"}
        )
        assert (answer.status_code, answer.json()["error"]["type"]) == (
            401,
            "invalid_request_error",
        )
    with pytest.raises(vendor.AuthenticationError):
        StripeClient("sk_live_no", base_addresses={"api": sandbox.stripe}).v1.refunds.list()
    with pytest.raises(vendor.InvalidRequestError) as missing:
        stripe.v1.payment_intents.retrieve("pi_nobody")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    with pytest.raises(vendor.InvalidRequestError) as unknown:
        stripe.v1.products.list()
    assert unknown.value.http_status == 404


def test_lists_are_paged_by_id(stripe: StripeClient) -> None:
    made = [authorised(stripe, 1000 + number).id for number in range(3)]
    first = stripe.v1.payment_intents.list({"limit": 2})
    assert [intent.id for intent in first.data] == [made[2], made[1]]
    assert first.has_more
    rest = stripe.v1.payment_intents.list({"limit": 2, "starting_after": made[1]})
    assert ([intent.id for intent in rest.data], rest.has_more) == ([made[0]], False)
    newer = stripe.v1.payment_intents.list({"limit": 2, "ending_before": made[0]})
    assert [intent.id for intent in newer.data] == [made[2], made[1]]


@pytest.mark.parametrize(
    ("do", "error"),
    [
        ("429", vendor.RateLimitError),
        ("500", vendor.APIError),
        ("409", vendor.APIError),
    ],
)
def test_a_scripted_failure_does_nothing(
    stripe: StripeClient,
    script: Callable[[dict[str, Any]], None],
    do: str,
    error: type[Exception],
) -> None:
    intent = authorised(stripe)
    script({"stripe": [{"path": "POST /v1/payment_intents/*/capture", "do": do}]})
    key: Any = {"idempotency_key": "capture-1"}
    with pytest.raises(error):
        stripe.v1.payment_intents.capture(intent.id, {}, key)
    assert stripe.v1.payment_intents.retrieve(intent.id).status == "requires_capture"
    assert stripe.v1.payment_intents.capture(intent.id, {}, key).status == "succeeded"


@pytest.mark.parametrize(
    ("do", "status"), [("timeout_before", "requires_capture"), ("timeout_after", "succeeded")]
)
def test_a_timeout_may_come_before_or_after_the_effect(
    stripe: StripeClient,
    sandbox: Addresses,
    script: Callable[[dict[str, Any]], None],
    do: str,
    status: str,
) -> None:
    intent = authorised(stripe)
    script({"stripe": [{"path": "/v1/payment_intents/*/capture", "do": do}]})
    url = f"{sandbox.stripe}/v1/payment_intents/{intent.id}/capture"
    headers = KEY | {"Idempotency-Key": "capture-1"}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(url, headers=headers, timeout=0.5, trust_env=False)
    assert stripe.v1.payment_intents.retrieve(intent.id).status == status
    again = httpx.post(url, headers=headers, trust_env=False)
    assert (again.status_code, again.json()["status"]) == (200, "succeeded")
    assert again.headers.get("Idempotent-Replayed") == ("true" if do == "timeout_after" else None)
