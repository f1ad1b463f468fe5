"""The checkout page and the bank's page: what the shopper sees instead of Stripe's."""

from decimal import Decimal
from urllib.parse import urlencode, urlsplit

from babel.numbers import format_currency, get_currency_precision
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sandbox.store import Document
from sandbox.stripe_book import Book
from sandbox.stripe_cards import CARDS
from sandbox.stripe_checkout import complete_if_paid, pay_session, session_items
from sandbox.stripe_payments import finish_authentication
from sandbox.stripe_words import WORDS


def checkout_pages(book: Book) -> Blueprint:
    """Return the pages under /c."""
    pages = Blueprint("checkout", __name__, url_prefix="/c")

    @pages.get("/style.css")
    def style() -> ResponseReturnValue:
        return Response(render_template("style.css"), mimetype="text/css")

    @pages.get("/pay/<session_id>")
    def show_session(session_id: str) -> ResponseReturnValue:
        session = book.find("checkout.session", session_id)
        if session is None or session["status"] != "open":
            return _closed(session)
        return _form(book, session, _last_error(book, session))

    @pages.post("/pay/<session_id>")
    def submit_card(session_id: str) -> ResponseReturnValue:
        with book.lock:
            return _pay(book, session_id, request.form.get("number", ""))

    @pages.get("/authenticate/<intent_id>")
    def show_bank(intent_id: str) -> ResponseReturnValue:
        intent = book.find("payment_intent", intent_id)
        session = _session_of(book, intent)
        if intent is None or intent["status"] != "requires_action":
            return _closed(session)
        total = _money(intent["amount"], intent["currency"], _language(session))
        return _page("authenticate.html", session, _back_urls(book, intent), total=total)

    @pages.post("/authenticate/<intent_id>")
    def decide(intent_id: str) -> ResponseReturnValue:
        with book.lock:
            return _decide(book, intent_id, approved=request.form.get("decision") == "approve")

    return pages


def _pay(book: Book, session_id: str, typed: str) -> ResponseReturnValue:
    """Pay the session with the card that was typed and lead on."""
    session = book.find("checkout.session", session_id)
    if session is None or session["status"] == "expired":
        return _closed(session)
    if session["status"] == "complete":  # the form was sent twice
        return redirect(_success_url(session), 303)
    card = CARDS.get("".join(filter(str.isdecimal, typed)))
    if card is None:
        return _form(book, session, "unknown_card"), 422
    intent = pay_session(book, session, card)
    if intent["status"] == "requires_action":
        return redirect(url_for("checkout.show_bank", intent_id=intent["id"]), 303)
    if intent["last_payment_error"]:
        return _form(book, session, _last_error(book, session)), 402
    return redirect(_success_url(session), 303)


def _decide(book: Book, intent_id: str, *, approved: bool) -> ResponseReturnValue:
    """Carry out what the customer told the bank and lead back to where he came from."""
    intent = book.find("payment_intent", intent_id)
    session = _session_of(book, intent)
    waiting = intent is not None and intent["status"] == "requires_action"
    if intent is None or not waiting or (session and session["status"] != "open"):
        return _closed(session)
    attempt = book.get("sandbox.attempt", intent_id)
    finish_authentication(book, intent, CARDS[attempt["card"]], approved=approved)
    if session:
        complete_if_paid(book, session, intent)
        again = url_for("checkout.show_session", session_id=session["id"])
        return redirect(_success_url(session) if approved else again, 303)
    if not attempt["return_url"]:
        return _closed(None, "complete", 200)
    facts = {
        "payment_intent": intent_id,
        "payment_intent_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if approved else "failed",
    }
    joint = "&" if urlsplit(attempt["return_url"]).query else "?"
    return redirect(f"{attempt['return_url']}{joint}{urlencode(facts)}", 303)


def _form(book: Book, session: Document, error: str) -> Response:
    """Return the page with the form and, where there is one, the error named."""
    language, currency = _language(session), session["currency"]
    words = WORDS[language]
    return _page(
        "pay.html",
        session,
        [session["success_url"], session["cancel_url"]],
        cancel_url=session["cancel_url"],
        error=words[error] if error else "",
        total=_money(session["amount_total"], currency, language),
        cards=[(_spaced(number), words[number]) for number in CARDS],
        items=[
            {
                "quantity": item["quantity"],
                "name": item["description"],
                "amount": _money(item["amount_total"], currency, language),
            }
            for item in session_items(book, session)
        ],
    )


def _closed(session: Document | None, word: str = "", status: int = 0) -> ResponseReturnValue:
    """Return the page of a session that cannot be paid: done, expired or unknown."""
    word = word or (str(session["status"]) if session else "unknown")
    back_url = ""
    if session:
        done = session["status"] == "complete"
        back_url = _success_url(session) if done else session["cancel_url"] or ""
    title = WORDS[_language(session)].get(word, WORDS[_language(session)]["unknown"])
    page = _page("closed.html", session, [], title=title, back_url=back_url)
    return page, status or {"complete": 200, "expired": 410}.get(word, 404)


def _page(
    template: str, session: Document | None, leads_to: list[str], **facts: object
) -> Response:
    """Return the page under a strict policy.

    `form-action` covers redirects that follow a form, so it names where the forms lead.
    """
    language = _language(session)
    text = render_template(template, language=language, words=WORDS[language], **facts)
    parts = [urlsplit(url) for url in leads_to if url]
    origins = " ".join(sorted({f"{part.scheme}://{part.netloc}" for part in parts}))
    response = Response(text, mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {origins}".strip()
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _session_of(book: Book, intent: Document | None) -> Document | None:
    """Return the session that an intent pays, if one does."""
    paying = book.find("sandbox.paying", str(intent["id"])) if intent else None
    return book.find("checkout.session", str(paying["session"])) if paying else None


def _back_urls(book: Book, intent: Document) -> list[str]:
    """Return where the bank's page may lead to."""
    session = _session_of(book, intent)
    if session:
        return [session["success_url"]]
    return [book.get("sandbox.attempt", str(intent["id"]))["return_url"]]


def _last_error(book: Book, session: Document) -> str:
    """Return the word for why the last attempt failed, empty where none did."""
    if not session["payment_intent"]:
        return ""
    error = book.get("payment_intent", str(session["payment_intent"]))["last_payment_error"]
    if not error:
        return ""
    reason = str(error.get("decline_code", error["code"]))
    return reason if reason in WORDS["en"] else str(error["code"])


def _success_url(session: Document) -> str:
    """Return where a paid session leads to."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", str(session["id"]))


def _language(session: Document | None) -> str:
    """Return fr or en: the session's, else the browser's."""
    locale = str((session or {}).get("locale") or "auto")[:2]
    return locale if locale in WORDS else request.accept_languages.best_match(WORDS) or "en"


def _money(amount: int, currency: str, language: str) -> str:
    """Return an amount in minor units as people write it."""
    digits = get_currency_precision(currency.upper())
    value = Decimal(amount).scaleb(-digits)
    return format_currency(value, currency.upper(), locale=language)


def _spaced(number: str) -> str:
    """Return a card number in groups of four."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
