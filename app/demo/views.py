"""The demonstration's own pages: start, one-click sign-in, tour, mailbox. Only where it runs."""

from pathlib import Path
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from app.demo import mailbox, roles, tour
from app.demo.drawings import draw
from app.demo.mailbox import Letter, MailboxSilent
from app.demo.retailer import PASSWORD, PIN, STAFF, email_of
from app.demo.roles import ROLES
from app.demo.seed import read_keys
from app.i18n import current
from kernel.db import transaction
from kernel.web import declare
from stores.errors import SignInRefused

SEE_OTHER: Final = 303
ANSWER_MAX: Final = 2_000
PICTURE_S: Final = 24 * 3600
LANGUAGE: Final = "/<any(fr, en):language>"
LETTER_POLICY: Final = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation"
)
"""What a letter may do: look like itself and, on a click, open a page of ours. Nothing else."""
FRAME_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-src 'self'; frame-ancestors 'none'"
)

pictures = Blueprint("pictures", __name__)
blueprint = Blueprint("demo", __name__)


@blueprint.url_value_preprocessor
def drop_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """`g.language` holds it already."""
    if values is not None:
        values.pop("language", None)


@blueprint.app_context_processor
def show_bar() -> dict[str, Any]:
    """Have layouts show the bar with which one switches roles."""
    return {
        "demo": {"roles": ROLES, "role": roles.present_role, "tour": _look, "steps": tour.STEPS}
    }


@blueprint.get("/")
@declare(permission="api.read")
def root() -> Any:  # noqa: ANN401 (a redirect)
    """Go to the start page in the browser's language."""
    return redirect(url_for("demo.start", language=current()))


@blueprint.get(f"{LANGUAGE}/demo")
@declare(permission="api.read")
def start() -> str:
    """Show every door, and the tour of one order."""
    keys = read_keys(Path(_core().comptoir_home))
    people = [
        (name, role.value, email_of(name), keys.get(role.value, "")) for name, role, _ in STAFF
    ]
    return render_template(
        "demo/start.html", people=people, people_of=roles.person_of, pin=PIN, password=PASSWORD
    )


@blueprint.post(f"{LANGUAGE}/demo/sign-in")
@declare(permission="api.read", rate="120/minute")
def become() -> Any:  # noqa: ANN401 (a redirect)
    """Be somebody else from now on, at the place where they begin or the one asked for."""
    role = request.form.get("role", "")
    if role not in ROLES:
        abort(404)
    try:
        with transaction() as session:
            roles.become(session, role)
    except (SignInRefused, StopIteration):  # somebody changed the demonstration's people
        return redirect(url_for("demo.start", language=current(), refused=role), SEE_OTHER)
    asked = request.form.get("to", "")
    return redirect(_local(asked) or f"/{current()}{ROLES[role].home}", SEE_OTHER)


@blueprint.post(f"{LANGUAGE}/demo/tour")
@declare(permission="api.read")
def begin_tour() -> Any:  # noqa: ANN401 (a redirect)
    """Begin the tour anew, as a customer in the shop."""
    with transaction() as session:
        roles.become(session, "shopper")
    return tour.begin(make_response(redirect(f"/{current()}/", SEE_OTHER)))


@blueprint.get(f"{LANGUAGE}/demo/mailbox")
@declare(permission="api.read")
def show_mailbox() -> Response:
    """Show what customers were sent: the list, and one letter on a phone."""
    letters, silent = _letters()
    asked = request.args.get("letter", "")
    chosen = next((each for each in letters if str(each.id) == asked), None)
    page = render_template(
        "demo/mailbox.html",
        letters=letters,
        silent=silent,
        chosen=chosen or next(iter(letters), None),
        with_links=lambda text: mailbox.with_links(text, public_url=_core().public_url),
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    if letters:
        with transaction() as session:
            tour.note_reading(response, session)
    return response


@blueprint.get(f"{LANGUAGE}/demo/mailbox/<int(max=9223372036854775807):letter_id>")
@declare(permission="api.read")
def letter(letter_id: int) -> Response:
    """Show an e-mail's own page, shut in."""
    home, public_url = Path(_core().comptoir_home), _core().public_url
    try:
        found = mailbox.find_letter(home, letter_id, public_url=public_url)
    except MailboxSilent:
        found = None
    if found is None or not found.html:
        abort(404)
    response = Response(found.html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    return response


@blueprint.post(f"{LANGUAGE}/demo/mailbox/<int(max=9223372036854775807):letter_id>/answer")
@declare(permission="api.read", rate="60/minute")
def answer_letter(letter_id: int) -> Any:  # noqa: ANN401 (a redirect)
    """Answer a letter as its recipient: it comes in at the desk within seconds."""
    said = request.form.get("body", "").strip()[:ANSWER_MAX]
    try:
        if said and not mailbox.answer_letter(Path(_core().comptoir_home), letter_id, said):
            abort(404)
    except MailboxSilent:
        said = ""
    shown = url_for(
        "demo.show_mailbox", language=current(), letter=letter_id, answered=1 if said else None
    )
    return redirect(shown, SEE_OTHER)


@pictures.get("/pictures/<sku>.svg")
@declare(permission="api.read")
def show_picture(sku: str) -> Response:
    """Show the drawing of a SKU; it changes with the program only, so browsers keep it a day."""
    try:
        picture = draw(sku.upper())
    except KeyError:
        abort(404)
    response = Response(picture, mimetype="image/svg+xml")
    response.cache_control.public, response.cache_control.max_age = True, PICTURE_S
    return response


def _letters() -> tuple[list[Letter], bool]:
    core = _core()
    try:
        return mailbox.list_letters(Path(core.comptoir_home), public_url=core.public_url), False
    except MailboxSilent:
        return [], True


def _look() -> tour.Tour:
    with transaction() as session:
        return tour.look(session)


def _local(address: str) -> str | None:
    """Return an address of our own pages, or None."""
    plain = address.isprintable() and "\\" not in address and "//" not in address
    return address if plain and address.startswith(("/fr/", "/en/")) else None


def _core() -> Any:  # noqa: ANN401 (CoreSettings, which importing would make a circle)
    return current_app.config["COMPTOIR"].core
