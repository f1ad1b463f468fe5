"""Feeds of other systems: what came, how far it is, what was not taken over; sending one."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

import inventory.imports
import inventory.jobs
import inventory.queries
import inventory.services
import stores.queries
from app import forms
from app.admin.blueprint import blueprint, go_to
from app.admin.reading import Answers, asked, read_form, read_id
from app.admin.scope import list_places
from app.admin.stock_parts import REFUSED, ROWS_A_PAGE, name_skus, show_stock
from app.admin.stock_reading import read_whole
from app.admin.stock_words import (
    CONFLICTS,
    FEED_KINDS,
    FEED_KINDS_EXPLAINED,
    FEEDS,
    say_refusal,
)
from app.answers import Shown
from app.i18n import gettext as _
from inventory.commands import DeclareFeed, FeedKind, FeedStatus
from inventory.errors import FeedDiffers, FeedOutOfOrder
from inventory.imports import FeedForm
from kernel.clock import db_now
from kernel.db import transaction
from kernel.errors import Invalid
from kernel.web import ID_MAX, current_actor, declare

SOURCE_SIGNS: Final = 64
PIECE_BYTES: Final = 1 << 16
RUNNING: Final = frozenset({FeedStatus.RECEIVING, FeedStatus.APPLYING})
HUNDRED: Final = 100


@blueprint.get("/feeds", endpoint="feeds")
@declare(permission="feeds.read")
def list_feeds() -> str:
    """Show feeds, the newest first, of one source or of all."""
    source = asked("source") or None
    with transaction() as session:
        found = inventory.queries.list_feeds(
            session, source=source, before=read_id(asked("before")), limit=ROWS_A_PAGE
        )
        zone = _zone(session)
    full = len(found) == ROWS_A_PAGE
    return show_stock(
        "feeds.html",
        part="feeds",
        feeds=found,
        source=source,
        zone=zone,
        states=FEEDS,
        kinds=FEED_KINDS,
        may_push=current_actor().may("feeds.push"),
        older=url_for("office.feeds", source=source, before=found[-1].id) if full else None,
    )


@blueprint.get("/feeds/new")
@declare(permission="feeds.push")
def new_feed() -> str:
    """Ask for a file and for what its source says of it."""
    return _new(Answers({}))


@blueprint.post("/feeds")
@declare(permission="feeds.push")
def send_feed() -> Any:  # noqa: ANN401 (a page or a redirect)
    """Take a file in; it is applied by the worker as soon as all of it has come."""
    answers = read_form()
    with transaction() as session:
        zone, now = _zone(session), db_now(session)
    command = _read_declaration(answers, zone)
    if command is not None and command.as_of > now:
        answers.errors["as_of"] = _("This moment has not come yet. Choose a past one.")
    file = request.files.get("file")
    if file is None or not file.filename:
        answers.errors["file"] = _("Choose the CSV file.")
    if command is not None and file is not None and not answers.errors:
        try:
            feed_id = inventory.jobs.receive_feed(command, _batches(file, command)).feed_id
        except (FeedOutOfOrder, FeedDiffers) as error:
            answers.errors["sequence"] = say_refusal(error)
        except Invalid as error:
            answers.errors["file"] = _("This is no such file: %(why)s.") % {"why": error.detail}
        else:
            return redirect(go_to("feed", feed_id=feed_id), forms.SEE_OTHER)
    return _new(answers), REFUSED


@blueprint.get("/feeds/<uuid:feed_id>")
@declare(permission="feeds.read")
def feed(feed_id: UUID) -> str:
    """Show how far a feed is and what of it was not simply taken over."""
    after = asked("after")
    with transaction() as session:
        found = inventory.queries.get_feed(session, feed_id)
        places = list_places(session, current_actor())
        mine = None if current_actor().location_ids is None else [each.code for each in places]
        conflicts = inventory.queries.list_conflicts(
            session,
            feed_id=feed_id,
            store_codes=mine,
            after=min(int(after), ID_MAX) if after.isascii() and after.isdigit() else 0,
            limit=ROWS_A_PAGE,
        )
        names = name_skus(session, {each.sku for each in conflicts})
    by_code = {each.code: each for each in places}
    full = len(conflicts) == ROWS_A_PAGE
    return show_stock(
        "feed.html",
        part="feeds",
        feed=found,
        state=FEEDS[found.status.value],
        what=_(FEED_KINDS[found.kind.value]),
        running=found.status in RUNNING,
        held=found.status is FeedStatus.HELD,
        may_push=current_actor().may("feeds.push"),
        percent=found.applied * HUNDRED // found.lines if found.lines else 0,
        conflicts=[(each, _(CONFLICTS[each.kind.value])) for each in conflicts],
        names=names,
        by_code=by_code,
        zone=places[0].time_zone if places else "UTC",
        after=after,
        older=url_for("office.feed", feed_id=feed_id, after=conflicts[-1].id) if full else None,
    )


@blueprint.post("/feeds/<uuid:feed_id>/let-through")
@declare(permission="feeds.push")
def let_feed_through(feed_id: UUID) -> Shown:
    """Have a snapshot applied that was held because it says that nearly nothing is left."""
    with transaction() as session:

        def act() -> str:
            inventory.services.let_through(session, feed_id, actor=current_actor())
            return go_to("feed", feed_id=feed_id)

        return forms.once(session, act)


def _read_declaration(answers: Answers, zone: str) -> DeclareFeed | None:
    source = answers.text("source", _("Say which system it comes from."), longest=SOURCE_SIGNS)
    sequence = read_whole(answers, "sequence", _("A number above the last one."), least=1)
    kind = answers.choice("kind", FeedKind, _("Say what the quantities are."))
    as_of = answers.moment("as_of", _("Say for which moment it is true."), zone=zone)
    hand_overs = answers.typed.get("hand_overs")
    if hand_overs not in {"yes", "no"}:
        answers.errors["hand_overs"] = _("Say whether it knows our hand-overs.")
    if answers.errors or sequence is None or kind is None or as_of is None:
        return None
    return DeclareFeed(source, sequence, kind, as_of, hand_overs == "yes")


def _batches(file: FileStorage, command: DeclareFeed) -> Any:  # noqa: ANN401 (batches)
    """Yield the lines of the file while it is read; it is never whole in memory."""
    pieces: Iterator[bytes] = iter(lambda: file.stream.read(PIECE_BYTES), b"")
    if str(file.filename).endswith(".gz"):
        pieces = inventory.imports.unzip(pieces)
    signed = command.kind is FeedKind.DELTA
    return inventory.imports.read_feed(pieces, form=FeedForm.CSV, signed=signed)


def _zone(session: Session) -> str:
    places = stores.queries.list_stores(session, unopened_too=True)
    return places[0].time_zone if places else "UTC"


def _new(answers: Answers) -> str:
    with transaction() as session:
        known = sorted({each.source for each in inventory.queries.list_feeds(session)})
        places = stores.queries.list_stores(session, unopened_too=True)
    now = places[0].asked_at.astimezone(ZoneInfo(places[0].time_zone)) if places else None
    return show_stock(
        "feed_new.html",
        part="feeds",
        kinds=[(key, _(label), _(FEED_KINDS_EXPLAINED[key])) for key, label in FEED_KINDS.items()],
        known=known,
        suggested=now.strftime("%Y-%m-%dT%H:%M") if now else "",
        typed=answers.typed,
        errors=answers.errors,
    )
