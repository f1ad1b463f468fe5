"""Languages: which one a request speaks, and what every sentence is in it.

Sentences stand in English in templates and code, as `_("…")`; `app/translations/<language>` says
them in the others, one `.po` file for each area of the pages. They are read when first needed: no
compiled catalogue exists. In a French catalogue the spaces before high punctuation are ordinary
ones and apostrophes are straight: `typeset` makes them what printers use.
"""

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, g, has_request_context, request

from app import formats

LANGUAGES: Final = {"fr": "Français", "en": "English"}
DEFAULT: Final = "fr"
FOLDER: Final = Path(__file__).parent / "translations"
NARROW, WIDE = "\u202f", "\u00a0"


def init_app(app: Flask) -> None:
    """Have each request speak one language, and templates say sentences, sums and times in it."""
    app.before_request(_choose)
    app.after_request(_tell_caches)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # made by the extension
        gettext, ngettext, newstyle=True, pgettext=pgettext
    )
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES,
        same_page_in=same_page_in,
        money=lambda minor, currency: formats.money(minor, currency, language=current()),
        day=lambda at, zone: formats.day(at, zone, language=current()),
        hour=lambda at, zone: formats.hour(at, zone, language=current()),
        when=lambda at, zone: formats.when(at, zone, language=current()),
        distance=lambda km: formats.distance(km, language=current()),
        phone=formats.phone,
        number=lambda value: formats.number(value, language=current()),
        percent=lambda rate_bp: formats.rate(rate_bp, language=current()),
    )


def current() -> str:
    """Return the language of this request; outside of one, French."""
    return str(g.get("language", DEFAULT)) if has_request_context() else DEFAULT


def N_(sentence: str) -> str:  # noqa: N802 (the name translators know)
    """Mark a sentence for translation where it is shown."""
    return sentence


def gettext(message: str) -> str:
    """Return the sentence in the current language, or as it is when nobody translated it."""
    return str(catalogue(current()).ugettext(message))


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the form of the sentence that fits `n`, in the current language."""
    return str(catalogue(current()).ungettext(singular, plural, n))


def pgettext(context: str, message: str) -> str:
    """Return the sentence as it is said in `context`, for words with two meanings."""
    return str(catalogue(current()).upgettext(context, message))


def same_page_in(language: str) -> str | None:
    """Return the address of this page in another language; None when its path names none."""
    first, _, rest = request.path.lstrip("/").partition("/")
    if first not in LANGUAGES:
        return None
    query = request.query_string.decode("ascii", "replace")
    return f"/{language}/{rest}" + (f"?{query}" if query else "")


@cache
def catalogue(language: str) -> NullTranslations:
    """Return every sentence of a language; English needs no catalogue, it is the source."""
    merged: Translations | None = None
    for path in sorted((FOLDER / language / "LC_MESSAGES").glob("*.po")):
        read = _read(path, language)
        merged = read if merged is None else merged.merge(read)
    return merged or NullTranslations()


def typeset(sentence: str) -> str:
    """Return a French sentence as printers set it: its apostrophes and no-break spaces."""
    sentence = sentence.replace("'", "’")
    sentence = re.sub(r" ([;!?»])", NARROW + r"\1", sentence)
    sentence = re.sub(r"« ", "«" + NARROW, sentence)
    return re.sub(r" :", WIDE + ":", sentence)


def _read(path: Path, language: str) -> Translations:
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    if language == "fr":
        _typeset_all(catalog)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


def _typeset_all(catalog: Catalog) -> None:
    for message in catalog:
        said = message.string
        if message.id and said:
            message.string = typeset(said) if isinstance(said, str) else tuple(map(typeset, said))


def _choose() -> None:
    first = request.path.lstrip("/").partition("/")[0]
    g.language = (
        first
        if first in LANGUAGES
        else request.accept_languages.best_match(list(LANGUAGES), default=DEFAULT)
    )


def _tell_caches(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", current())
        response.vary.add("Accept-Language")
    return response
