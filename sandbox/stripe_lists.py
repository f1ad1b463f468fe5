"""Stripe's lists, newest first and paged by id, and the expansion of ids into objects."""

from collections.abc import Iterable

from sandbox.store import Document
from sandbox.stripe_book import Book
from sandbox.stripe_checkout import session_items
from sandbox.stripe_errors import StripeError, bad_parameter
from sandbox.stripe_form import Form

_FILTERS = {
    "charge": ("payment_intent",),
    "checkout.session": ("payment_intent", "status"),
    "event": ("type",),
    "payment_intent": (),
    "refund": ("payment_intent", "charge"),
}
_EXPANDABLE = {
    "charge": "charge",
    "latest_charge": "charge",
    "payment_intent": "payment_intent",
    "payment_method": "payment_method",
}
_PAGE, _LARGEST_PAGE, _DEEPEST = 10, 100, 4


def list_objects(book: Book, kind: str, form: Form, *, url: str) -> Document:
    """Return a page of the objects of a kind that fit the filters."""
    if kind not in _FILTERS:
        raise StripeError(f"Unrecognized request URL (GET: {url}).", status=404, kept=False)
    filters = _FILTERS[kind]
    form.allow(*filters, "created", "limit", "starting_after", "ending_before", "expand")
    wanted = {name: value for name in filters if (value := form.optional(name))}
    since, until = _read_created(form)
    fitting = (
        value
        for value in book.newest_first(kind)
        if all(value[name] == wish for name, wish in wanted.items())
        and since <= value["created"] <= until
    )
    return page_of(fitting, form, url=url)


def page_of(values: Iterable[Document], form: Form, *, url: str) -> Document:
    """Return the page that `limit`, `starting_after` and `ending_before` ask for."""
    limit = form.integer("limit", _PAGE, least=1)
    if limit > _LARGEST_PAGE:
        raise bad_parameter("Limit must be at most 100.", "limit")
    after, before = form.optional("starting_after"), form.optional("ending_before")
    found = list(values)
    ids = [value["id"] for value in found]
    for param, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and cursor not in ids:
            raise bad_parameter(f"No such object: '{cursor}'", param, "resource_missing")
    if before:
        newer = found[: ids.index(before)]
        shown, more = newer[-limit:], len(newer) > limit
    else:
        rest = found[ids.index(after) + 1 :] if after else found
        shown, more = rest[:limit], len(rest) > limit
    return {"object": "list", "data": shown, "has_more": more, "url": url}


def expand(book: Book, value: Document, form: Form) -> Document:
    """Return the object with the ids named in `expand` replaced by their objects."""
    for path in form.texts("expand"):
        parts = path.split(".")
        if len(parts) > _DEEPEST:
            raise bad_parameter("You cannot expand more than 4 levels.", "expand")
        _expand_path(book, value, parts, path)
    return value


def _expand_path(book: Book, value: Document, parts: list[str], path: str) -> None:
    """Replace the id at the end of the path, and those on the way."""
    if not parts:
        return
    name, rest = parts[0], parts[1:]
    if name == "data" and value.get("object") == "list":
        for item in value["data"]:
            _expand_path(book, item, rest, path)
        return
    if name == "line_items" and value.get("object") == "checkout.session":
        url = f"/v1/checkout/sessions/{value['id']}/line_items"
        items = session_items(book, value)
        value[name] = {"object": "list", "data": items, "has_more": False, "url": url}
        return
    if name not in value or name not in _EXPANDABLE:
        raise bad_parameter(f"This property cannot be expanded ({path}).", f"expand[{path}]")
    if isinstance(value[name], str):
        value[name] = book.get(_EXPANDABLE[name], value[name])
    if isinstance(value[name], dict):
        _expand_path(book, value[name], rest, path)


def _read_created(form: Form) -> tuple[int, int]:
    """Return the first and last second that `created` asks for."""
    if isinstance(form.fields.get("created"), str):
        moment = form.integer("created")
        return moment, moment
    bounds = form.part("created")
    bounds.allow("gt", "gte", "lt", "lte")
    since = max(bounds.integer("gte", 0), bounds.integer("gt", -1, least=-1) + 1)
    until = min(bounds.integer("lte", 2**36), bounds.integer("lt", 2**36 + 1) - 1)
    return since, until
