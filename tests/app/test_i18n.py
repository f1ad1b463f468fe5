"""Two languages: every sentence is said in both, and sums, times and distances as people write."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask, render_template_string
from jinja2 import Environment, nodes
from werkzeug.test import TestResponse

from app import formats, i18n, pages

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "app/templates"
SAMPLES = "styleguide"
NAMES = {"Comptoir"}
WORDS = re.compile(r"[A-Z][a-zé]+")
TEXT_ATTRIBUTE = re.compile(r'\b(?:aria-label|alt|placeholder|title)="\s*[A-Za-z]')
NOON_WINTER = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)
ZONE = "Europe/Paris"
Message = tuple[str | None, str | tuple[str, ...]]


@pytest.fixture
def app() -> Flask:
    app = Flask("app", root_path=str(ROOT / "app"))
    pages.init_app(app)

    @app.get("/<path:anything>")
    def page(anything: str) -> str:
        return render_template_string(app.config["template"])

    return app


def test_every_sentence_is_said_in_french() -> None:
    catalog = i18n.catalogue("fr")
    unsaid = [
        f"{places[0]} {message!r}"
        for (context, message), places in _sentences().items()
        if not _is_said(catalog, context, message)
    ]
    assert unsaid == []


def test_no_translation_loses_a_value() -> None:
    wrong = [
        f"{path.name}: {message.id!r}"
        for path, message in _translations()
        if message.id and message.string and _values(message.id) != _values(message.string)
    ]
    assert wrong == []


def test_no_translation_runs_on_into_the_rest_of_another() -> None:
    left_over = re.compile(r'^msgstr(?:\[\d\])? "[^"\n]+"\n"', re.MULTILINE)
    files = [*ROOT.glob("app/translations/*/LC_MESSAGES/*.po")]
    assert files
    assert [path.name for path in files if left_over.search(path.read_text("utf-8"))] == []


def test_no_sentence_is_said_in_two_ways() -> None:
    said: dict[Any, set[Any]] = {}
    for _path, message in _translations():
        said.setdefault((message.context, message.id), set()).add(message.string)
    assert {key: ways for key, ways in said.items() if len(ways) > 1} == {}


def test_components_and_pages_hold_no_text_of_one_language() -> None:
    untranslated = [
        f"{path.relative_to(TEMPLATES)}: {text}"
        for path in _our_templates()
        for text in _bare_texts(path.read_text(encoding="utf-8"))
    ]
    assert untranslated == []


def test_the_check_for_untranslated_text_sees_text() -> None:
    page = '<p title="Help">Hello</p>{{ _("Said") }}{{ button("Find it") }}'
    assert _bare_texts(page) == ["Hello", 'title="H', "Find it"]


def test_french_is_set_as_printers_set_it() -> None:
    assert i18n.typeset("Pourquoi ? L'heure : « midi » ; non !") == (
        "Pourquoi\u202f? L’heure\u00a0: «\u202fmidi\u202f»\u202f; non\u202f!"
    )


@pytest.mark.parametrize(
    ("path", "header", "language"),
    [
        ("/fr/x", "en", "fr"),
        ("/en/x", "fr", "en"),
        ("/x", "en-GB,en;q=0.8", "en"),
        ("/x", "de", "fr"),
        ("/x", "", "fr"),
        ("/french/x", "en", "en"),
    ],
)
def test_the_path_names_the_language_else_the_browser_does(
    app: Flask, path: str, header: str, language: str
) -> None:
    response = _say(app, "{{ g.language }} {{ _('Your store') }}", path, header)
    words = {"fr": "fr Votre magasin", "en": "en Your store"}
    assert (response.text, response.headers["Content-Language"]) == (words[language], language)
    assert response.headers["Vary"] == "Accept-Language"


def test_the_same_page_in_the_other_language(app: Flask) -> None:
    template = "{{ same_page_in('en') }}"
    assert _say(app, template, "/fr/stores/lyon?day=2").text == "/en/stores/lyon?day=2"
    assert _say(app, template, "/stores").text == "None"


def test_values_in_sentences_are_escaped(app: Flask) -> None:
    template = "{{ _('Choose %(store)s', store='<b>') }}"
    assert _say(app, template, "/fr/x").text == "Choisir &lt;b&gt;"


def test_many_are_said_as_many(app: Flask) -> None:
    one, many = "One answer is missing or wrong", "%(num)d answers are missing or wrong"
    said = [_say(app, f"{{{{ ngettext('{one}', '{many}', {n}) }}}}", "/fr/x").text for n in (1, 3)]
    assert said == [
        "Une réponse manque ou ne convient pas",
        "3 réponses manquent ou ne conviennent pas",
    ]


@pytest.mark.parametrize(
    ("minor", "currency", "french", "british"),
    [
        (1290, "EUR", "12,90\u00a0€", "€12.90"),
        (123450, "EUR", "1\u202f234,50\u00a0€", "€1,234.50"),
        (500, "JPY", "500\u00a0JPY", "JP¥500"),
        (-455, "EUR", "-4,55\u00a0€", "-€4.55"),
    ],
)
def test_money_is_written_as_in_the_country(
    minor: int, currency: str, french: str, british: str
) -> None:
    assert formats.money(minor, currency, language="fr") == french
    assert formats.money(minor, currency, language="en") == british


@pytest.mark.parametrize(
    ("at", "french", "british"),
    [
        ("2026-12-01T15:30", "aujourd’hui à 16\u00a0h\u00a030", "today at 4.30\u00a0pm"),
        ("2026-12-01T23:05", "demain à 0\u00a0h\u00a005", "tomorrow at 12.05\u00a0am"),
        ("2026-11-30T09:00", "hier à 10\u00a0h", "yesterday at 10\u00a0am"),
        (
            "2027-01-01T09:00",
            "vendredi 1er janvier 2027 à 10\u00a0h",
            "Friday 1 January 2027 at 10\u00a0am",
        ),
        ("2026-12-05T09:00", "samedi à 10\u00a0h", "Saturday at 10\u00a0am"),
        (
            "2026-12-12T09:00",
            "samedi 12 décembre à 10\u00a0h",
            "Saturday 12 December at 10\u00a0am",
        ),
        (
            "2027-01-02T09:00",
            "samedi 2 janvier 2027 à 10\u00a0h",
            "Saturday 2 January 2027 at 10\u00a0am",
        ),
    ],
)
def test_times_are_said_for_the_place_they_are_at(at: str, french: str, british: str) -> None:
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    with time_machine.travel(NOON_WINTER, tick=False):
        assert formats.when(instant, ZONE, language="fr") == french
        assert formats.when(instant, ZONE, language="en") == british


@pytest.mark.parametrize(
    ("km", "french"),
    [
        (0.01, "50 m"),
        (0.9, "900 m"),
        (0.98, "1 km"),
        (1.44, "1,4 km"),
        (2, "2 km"),
        (12.4, "12 km"),
    ],
)
def test_distances_are_said_as_walkers_do(km: float, french: str) -> None:
    assert formats.distance(km, language="fr") == french.replace(" ", "\u00a0")
    assert formats.distance(km, language="en") == french.replace(" ", "\u00a0").replace(",", ".")


def _say(app: Flask, template: str, path: str, accept: str = "") -> TestResponse:
    app.config["template"] = template
    return app.test_client().get(path, headers={"Accept-Language": accept})


def _sentences() -> dict[Message, list[str]]:
    found: dict[Message, list[str]] = {}
    for file, line, message, _comments, context in extract_from_dir(
        ROOT / "app",
        [("**/templates/**.html", "jinja2"), ("**.py", "python")],
        keywords={"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)},
    ):
        found.setdefault((context, message), []).append(f"{file}:{line}")
    return found


def _is_said(catalog: Any, context: str | None, message: str | tuple[str, ...]) -> bool:
    known = catalog._catalog  # noqa: SLF001 (gettext offers no other way to ask what it knows)
    key = (message[0], 1) if isinstance(message, tuple) else message
    return (f"{context}\x04{key}" if context else key) in known


def _translations() -> Iterator[tuple[Path, Any]]:
    for path in sorted(i18n.FOLDER.glob("*/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                yield path, message


def _values(texts: str | tuple[str, ...]) -> set[str]:
    plural = texts if isinstance(texts, str) else texts[-1]
    return set(re.findall(r"%\(\w+\)[sd]", plural))


def _our_templates() -> list[Path]:
    ours = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        stands_on = "layouts/" in path.read_text(encoding="utf-8")
        inside = path.parent.name in {"components", "layouts"}
        if (stands_on or inside) and not path.name.startswith(SAMPLES):
            ours.append(path)
    return ours


def _bare_texts(template: str) -> list[str]:
    """Return what a template says outside of `_()`: in its text, attributes and arguments."""
    markup = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", template, flags=re.DOTALL)
    texts = re.sub(r"<[^>]*>|[\w-]+=\"[^\"]*\"", "\n", markup).splitlines()
    bare = [text.strip() for text in texts if re.search(r"[A-Za-z]{2}", text)]
    bare += TEXT_ATTRIBUTE.findall(markup)
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(template)
    said = {
        id(const)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in {"_", "ngettext", "pgettext"}
        for const in call.find_all(nodes.Const)
    }
    bare += [
        const.value
        for const in tree.find_all(nodes.Const)
        if isinstance(const.value, str) and WORDS.match(const.value) and id(const) not in said
    ]
    return [text for text in bare if text.strip(" ·") not in NAMES]
