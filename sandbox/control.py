"""The control interface: tests script faults and settings here."""

from dataclasses import asdict

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.faults import BadScriptError, Faults
from sandbox.stripe_events import Events, Webhook


def control_pages(faults: Faults, events: Events) -> Blueprint:
    """Return GET, PUT and DELETE of /control/faults, GET and PUT of /control/webhook."""
    pages = Blueprint("control", __name__, url_prefix="/control")
    _add_faults(pages, faults)
    _add_webhook(pages, events)
    return pages


def _add_faults(pages: Blueprint, faults: Faults) -> None:
    """Serve the scripts."""

    @pages.get("/faults")
    def show_faults() -> ResponseReturnValue:
        return jsonify(faults.shown())

    @pages.put("/faults")
    def script_faults() -> ResponseReturnValue:
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            return jsonify(error="A JSON object is expected"), 400
        try:
            faults.script(body)
        except BadScriptError as refusal:
            return jsonify(error=str(refusal)), 400
        return jsonify(faults.shown())

    @pages.delete("/faults")
    def clear_faults() -> ResponseReturnValue:
        faults.clear()
        return "", 204


def _add_webhook(pages: Blueprint, events: Events) -> None:
    """Serve where Stripe's events go."""

    @pages.get("/webhook")
    def show_webhook() -> ResponseReturnValue:
        return jsonify(asdict(events.webhook))

    @pages.put("/webhook")
    def point_webhook() -> ResponseReturnValue:
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or set(body) != {"url", "secret"}:
            return jsonify(error="An object with url and secret is expected"), 400
        events.webhook = Webhook(url=str(body["url"]), secret=str(body["secret"]))
        return jsonify(asdict(events.webhook))
