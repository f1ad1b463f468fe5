"""Captures, refunds and cancellations: one effect each, whatever happens to the call."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import text
from stripe import StripeClient

from payments import gateway, jobs, queries, services
from payments.errors import AmountTooHigh, NotAuthorised, UnreadableAmount
from payments.gateway import Answered, KeySpent, RefusedForNow, Unanswered
from tests.payments.conftest import OWED, Till

CAPTURE, REFUND = "POST /v1/payment_intents/*/capture", "POST /v1/refunds"
CANCEL = "POST /v1/payment_intents/*/cancel"
AUTHORISED, CAPTURED = ("payment.authorised.v1", "2500"), ("payment.captured.v1", "2500")


def refunds_at_stripe(stripe: StripeClient) -> list[int]:
    return [each.amount for each in stripe.v1.refunds.list().data]


def test_what_is_owed_in_the_end_is_captured_and_the_rest_let_go(till: Till) -> None:
    owed = till.authorised()
    till.capture(owed, 1800)
    assert till.status(owed) == "authorised"
    assert jobs.settle_due() == 1
    intent = till.intent(owed)
    assert (intent.status, intent.amount_received, intent.amount_capturable) == (
        "succeeded",
        1800,
        0,
    )
    assert till.payments(owed) == [("captured", True, 1800, 0)]
    assert till.wishes(owed) == [("capture", 1800, "done")]
    assert till.events(owed) == [AUTHORISED, ("payment.captured.v1", "1800")]
    reference_id = queries.get_obligation(till.session, owed).reference_id
    assert queries.paid_minor(till.session, reference_id) == 1800
    assert (till.disagreements(), till.findings()) == (set(), [])


def test_asking_again_for_a_capture_changes_nothing(till: Till) -> None:
    owed = till.authorised()
    till.capture(owed, 1800)
    till.capture(owed, 900)
    jobs.settle_due()
    till.capture(owed, 2500)
    assert jobs.settle_due() == 0
    assert till.wishes(owed) == [("capture", 1800, "done")]


def test_nothing_is_captured_that_no_card_holds(till: Till) -> None:
    owed = till.owe()
    with pytest.raises(NotAuthorised):
        services.request_capture(till.session, owed, amount_minor=OWED)
    held = till.authorised()
    with pytest.raises(AmountTooHigh) as refusal:
        services.request_capture(till.session, held, amount_minor=OWED + 1)
    assert refusal.value.facts == {"available_minor": OWED}
    with pytest.raises(UnreadableAmount):
        services.request_capture(till.session, held, amount_minor=0)
    assert (till.wishes(owed), till.wishes(held)) == ([], [])


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after", "500"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_capture_without_an_answer_stays_unknown_until_stripe_is_asked_again(
    till: Till, spoil: Callable[..., None], fault: str, times: int
) -> None:
    owed = till.authorised()
    till.capture(owed, 1800)
    spoil(CAPTURE, fault, times)
    jobs.settle_due()
    assert till.status(owed) == "authorised"
    assert till.wishes(owed) == [("capture", 1800, "unknown")]
    assert till.events(owed) == [AUTHORISED]
    for _ in range(times):
        till.time_passes()
        jobs.settle_due()
    assert till.wishes(owed) == [("capture", 1800, "done")]
    assert till.events(owed) == [AUTHORISED, ("payment.captured.v1", "1800")]
    assert till.intent(owed).amount_received == 1800


@pytest.mark.parametrize("fault", ["409", "429"])
def test_a_capture_stripe_has_no_time_for_is_asked_for_later(
    till: Till, spoil: Callable[..., None], fault: str
) -> None:
    owed = till.authorised()
    till.capture(owed, OWED)
    spoil(CAPTURE, fault)
    jobs.settle_due()
    assert till.wishes(owed) == [("capture", OWED, "due")]
    assert jobs.settle_due() == 0
    till.time_passes()
    jobs.settle_due()
    assert till.events(owed) == [AUTHORISED, CAPTURED]


def test_a_capture_that_can_no_longer_be_done_fails_and_the_customer_may_pay_anew(
    till: Till, stripe: StripeClient
) -> None:
    owed = till.authorised()
    stripe.v1.payment_intents.cancel(till.intent(owed).id)
    till.capture(owed, OWED)
    jobs.settle_due()
    assert till.status(owed) == "failed"
    assert till.payments(owed) == [("cancelled", False, 0, 0)]
    assert till.wishes(owed) == [("capture", OWED, "refused")]
    assert till.events(owed) == [
        AUTHORISED,
        ("payment.capture_failed.v1", "authorisation_lost"),
    ]
    till.pay(till.visit(owed))
    assert jobs.refresh_checkout(owed) == "authorised"
    till.capture(owed, OWED)
    jobs.settle_due()
    assert till.payments(owed) == [("cancelled", False, 0, 0), ("captured", True, OWED, 0)]
    assert (till.disagreements(), till.findings()) == (set(), [])


def test_money_goes_back_in_parts_and_never_more_than_was_taken(
    till: Till, stripe: StripeClient
) -> None:
    owed = till.captured(2000)
    refund_id = till.refund(owed, 500)
    with pytest.raises(AmountTooHigh) as refusal:
        till.refund(owed, 1501)
    assert refusal.value.facts == {"available_minor": 1500}
    till.session.rollback()
    assert jobs.settle_due() == 1
    till.refund(owed, 1500, reason="returned")
    jobs.settle_due()
    with pytest.raises(AmountTooHigh):
        till.refund(owed, 1)
    till.session.rollback()
    assert till.payments(owed) == [("captured", True, 2000, 2000)]
    assert refunds_at_stripe(stripe) == [1500, 500]
    assert [
        (each.amount_minor, each.reason, each.status)
        for each in queries.list_refunds(till.session, owed)
    ] == [(500, "short", "done"), (1500, "returned", "done")]
    assert queries.list_refunds(till.session, owed)[0].id == refund_id
    assert till.events(owed)[2:] == [
        ("payment.refunded.v1", "500"),
        ("payment.refunded.v1", "1500"),
    ]
    assert (till.disagreements(), till.findings()) == (set(), [])


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after", "500"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_refund_without_an_answer_is_made_once(
    till: Till, stripe: StripeClient, spoil: Callable[..., None], fault: str, times: int
) -> None:
    owed = till.captured()
    till.refund(owed, 500)
    spoil(REFUND, fault, times)
    jobs.settle_due()
    assert till.wishes(owed)[1:] == [("refund", 500, "unknown")]
    assert till.payments(owed) == [("captured", True, OWED, 0)]
    for _ in range(times):
        till.time_passes()
        jobs.settle_due()
    assert till.wishes(owed)[1:] == [("refund", 500, "done")]
    assert till.payments(owed) == [("captured", True, OWED, 500)]
    assert refunds_at_stripe(stripe) == [500]


def test_a_refund_stripe_refuses_for_good_is_told_of_and_can_be_asked_for_again(
    till: Till, stripe: StripeClient
) -> None:
    owed = till.captured()
    stripe.v1.refunds.create({"payment_intent": till.intent(owed).id, "amount": 2000})
    till.refund(owed, 600)
    jobs.settle_due()
    assert till.wishes(owed)[1:] == [("refund", 600, "refused")]
    assert till.events(owed)[2:] == [("payment.refund_failed.v1", "600")]
    till.refund(owed, 500)
    jobs.settle_due()
    assert till.payments(owed) == [("captured", True, OWED, 500)]


def test_what_is_cancelled_before_anybody_pays_cannot_be_paid(till: Till) -> None:
    owed = till.owe()
    url = till.visit(owed)
    till.cancel(owed)
    till.cancel(owed)
    jobs.settle_due()
    assert till.pay(url).status_code == 410
    assert (till.status(owed), till.payments(owed)) == ("cancelled", [])
    assert till.events(owed) == [("checkout.expired.v1", "cancelled")]


def test_a_hold_that_ends_takes_nothing_from_who_has_paid_or_may_be_paying(till: Till) -> None:
    unpaid, paying, paid = till.owe(), till.owe(), till.authorised()
    till.visit(paying)
    answers = [services.cancel_unpaid(till.session, each) for each in (unpaid, paying, paid)]
    till.session.commit()
    assert answers == [True, False, False]
    assert [till.status(each) for each in (unpaid, paying, paid)] == [
        "cancelled",
        "opened",
        "authorised",
    ]
    jobs.expire_checkout(paying)
    assert [services.cancel_unpaid(till.session, each) for each in (unpaid, paying)] == [True] * 2


def test_what_is_cancelled_while_a_card_holds_it_is_let_go(till: Till) -> None:
    owed = till.authorised()
    till.cancel(owed)
    jobs.settle_due()
    assert till.payments(owed) == [("cancelled", False, 0, 0)]
    assert till.wishes(owed) == [("cancel", None, "done")]
    assert till.intent(owed).status == "canceled"


def test_what_is_cancelled_after_the_capture_goes_back_less_what_went_before(
    till: Till, stripe: StripeClient
) -> None:
    owed = till.captured()
    till.refund(owed, 500)
    till.cancel(owed)
    jobs.settle_due()
    assert till.payments(owed) == [("captured", False, OWED, OWED)]
    assert sorted(refunds_at_stripe(stripe)) == [500, 2000]
    assert (till.disagreements(), till.findings()) == (set(), [])


def test_a_payment_that_is_made_while_the_order_is_cancelled_is_let_go(till: Till) -> None:
    owed = till.owe()
    till.pay(till.visit(owed))
    till.cancel(owed)
    assert jobs.settle_due() == 2
    assert till.status(owed) == "cancelled"
    assert till.payments(owed) == [("cancelled", False, 0, 0)]
    assert till.wishes(owed) == [("expire", None, "done"), ("cancel", None, "done")]
    assert till.intent(owed).status == "canceled"
    assert till.events(owed) == []


def test_a_capture_nobody_has_asked_for_yet_is_withdrawn_by_a_cancellation(till: Till) -> None:
    owed = till.authorised()
    till.capture(owed, OWED)
    till.cancel(owed)
    jobs.settle_due()
    assert till.wishes(owed) == [("capture", OWED, "withdrawn"), ("cancel", None, "done")]
    assert till.intent(owed).amount_received == 0


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after"])
def test_a_capture_on_its_way_when_the_order_is_cancelled_is_undone_in_full(
    till: Till, spoil: Callable[..., None], fault: str
) -> None:
    owed = till.authorised()
    till.capture(owed, OWED)
    spoil(CAPTURE, fault)
    jobs.settle_due()
    till.cancel(owed)
    for _ in range(3):
        till.time_passes()
        jobs.settle_due()
    taken = OWED if fault == "timeout_after" else 0
    status = "captured" if taken else "cancelled"
    assert till.payments(owed) == [(status, False, taken, taken)]
    assert (till.disagreements(), till.findings()) == (set(), [])


def test_a_cancel_without_an_answer_is_looked_up(till: Till, spoil: Callable[..., None]) -> None:
    owed = till.authorised()
    till.cancel(owed)
    spoil(CANCEL, "timeout_after")
    jobs.settle_due()
    assert till.payments(owed) == [("authorised", False, 0, 0)]
    till.time_passes()
    jobs.settle_due()
    assert till.payments(owed) == [("cancelled", False, 0, 0)]


def test_an_asker_that_lost_its_lease_keeps_nothing(till: Till) -> None:
    owed = till.authorised()
    till.capture(owed, OWED)
    old = services.claim_due(till.session, limit=5)[0]
    till.time_passes()
    new = services.claim_due(till.session, limit=5)[0]
    assert (old.wish_id, old.fence + 1) == (new.wish_id, new.fence)
    assert services.begin(till.session, old) is None
    assert services.settle(till.session, old, Unanswered("late")) is False
    assert services.settle(till.session, new, RefusedForNow("busy")) is True
    assert till.wishes(owed) == [("capture", OWED, "due")]


def test_a_capture_stripe_will_not_make_lets_the_card_go(till: Till) -> None:
    owed = till.authorised()
    till.capture(owed, OWED)
    till.session.execute(text("UPDATE payment_wish SET amount_minor = 9999"))
    till.session.commit()
    jobs.settle_due()
    assert till.status(owed) == "failed"
    assert till.events(owed)[1:] == [("payment.capture_failed.v1", "stripe 400: amount_too_large")]
    assert till.wishes(owed) == [("capture", 9999, "refused"), ("cancel", None, "done")]
    assert till.intent(owed).status == "canceled"


def test_a_refund_that_the_bank_is_still_thinking_about_counts_when_it_arrives(till: Till) -> None:
    owed = till.captured()
    refund_id = till.refund(owed, 500)
    for status, known in (("pending", "unknown"), ("failed", "refused")):
        till.time_passes()
        claim = services.claim_due(till.session, limit=1)[0]
        assert claim.wish_id == refund_id
        assert services.begin(till.session, claim)
        answer = Answered(gateway.RefundFacts("re_1", status, 500, str(refund_id)))
        assert services.settle(till.session, claim, answer)
        assert till.wishes(owed)[1:] == [("refund", 500, known)]
        assert till.payments(owed) == [("captured", True, OWED, 0)]
    assert till.events(owed)[2:] == [("payment.refund_failed.v1", "500")]


def test_a_spent_key_is_followed_by_the_next_and_any_other_failure_keeps_it(till: Till) -> None:
    owed = till.authorised()
    till.capture(owed, OWED)
    keys = []
    for outcome in (Unanswered("no"), RefusedForNow("busy"), KeySpent("no"), Unanswered("no")):
        till.time_passes()
        claim = services.claim_due(till.session, limit=1)[0]
        call = services.begin(till.session, claim)
        assert call is not None
        keys.append(_key_no(call.key, claim.wish_id))
        assert services.settle(till.session, claim, outcome)
    assert keys == ["1", "1", "1", "2"]


def _key_no(key: str, wish_id: UUID) -> str:
    assert key.startswith(f"capture-{wish_id}-")
    return key.rpartition("-")[2]
