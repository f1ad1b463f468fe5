"""Refusals in Stripe's error shape."""

from sandbox.store import Document

_DOCS = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """An answer of type `invalid_request_error`, `card_error`, `idempotency_error` or `api_error`.

    `kept` says whether the answer stays under the request's Idempotency-Key: what was refused
    before anything was done is not kept, so that a corrected request may use the key again.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        kept: bool = True,
        **facts: object,
    ) -> None:
        super().__init__(message)
        self.status, self.kept = status, kept
        error = {"message": message, "type": kind, **facts}
        if "code" in facts:
            error["doc_url"] = f"{_DOCS}{str(facts['code']).replace('_', '-')}"
        self.body: Document = {"error": error}


def bad_parameter(message: str, param: str, code: str | None = None) -> StripeError:
    """Return the refusal of a parameter, not kept."""
    if code is None:
        return StripeError(message, kept=False, param=param)
    return StripeError(message, kept=False, param=param, code=code)


def missing(kind: str, object_id: str, *, param: str = "id", status: int = 404) -> StripeError:
    """Return the refusal of an id that nobody has."""
    message = f"No such {kind}: '{object_id}'"
    return StripeError(message, status=status, kept=False, code="resource_missing", param=param)


def unexpected_state(message: str, intent: Document) -> StripeError:
    """Return the refusal of a move that the intent's status does not allow."""
    return StripeError(message, code="payment_intent_unexpected_state", payment_intent=intent)
