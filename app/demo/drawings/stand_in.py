"""What an article without a picture shows: its category's wall, a pictogram, its name set large."""

from collections.abc import Mapping
from html import escape
from textwrap import wrap
from typing import Final
from zlib import crc32

from app.demo.drawings.canvas import INK, flat, lighter, scene
from app.demo.drawings.palette import TINTS

LINE_UNITS: Final = 316
"""How long a line may be: the picture's width without its margins."""
NAME_UNITS: Final = 224
"""How high the name may be: the wall without its margins."""
FONT_SIZES: Final = (54, 47, 41, 35, 30)
GLYPH_WIDTH: Final = 0.6
"""The average width of a letter in a system's bold face, in parts of the font size."""
LEFT: Final = 42
LAST_LINE: Final = 280
LEADING: Final = 1.14
PALE: Final = 50
"""How far towards white the pictogram is, in per cent: the name stays legible on it."""


def draw_stand_in(name: str, category: str | None) -> str:
    """Return a picture for an article that has none, as an SVG document.

    A category of another retailer gets one of the six tints, always the same one.
    """
    tint = TINTS.get(category or "") or _any_tint(category or "")
    font_size, lines = _set(" ".join("".join(filter(_is_printable, name)).split()))
    first = LAST_LINE - (len(lines) - 1) * font_size * LEADING
    text = "".join(
        f'<text x="{LEFT}" y="{first + place * font_size * LEADING:.0f}">'
        f"{escape(words, quote=False)}</text>"
        for place, words in enumerate(lines)
    )
    return scene(
        tint,
        flat(_PICTOGRAMS.get(category or "", _PARCEL), lighter(tint, PALE)),
        '<g font-family="system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,DejaVu Sans,sans-serif"'
        f' font-weight="700" font-size="{font_size}" fill="{INK}">{text}</g>',
    )


def _is_printable(letter: str) -> bool:
    return letter.isprintable() or letter.isspace()


def _any_tint(category: str) -> str:
    tints = list(TINTS.values())
    return tints[crc32(category.encode()) % len(tints)]


def _set(name: str) -> tuple[int, list[str]]:
    """Return the largest size in which the name fits, and its lines; the smallest one cuts."""
    for font_size in FONT_SIZES:
        letters = int(LINE_UNITS / (font_size * GLYPH_WIDTH))
        lines_max = int(NAME_UNITS / (font_size * LEADING))
        lines = wrap(name, letters)
        if len(lines) <= lines_max and all(len(word) <= letters for word in name.split()):
            return font_size, lines
    return FONT_SIZES[-1], wrap(name, letters, max_lines=lines_max, placeholder="…")


_PICTOGRAMS: Final[Mapping[str, str]] = {
    "cuisine": (  # a pot with its lid
        "M150 132H350V268Q350 312 306 312H194Q150 312 150 268ZM130 160H116V196H130Z"
        "M370 160H384V196H370ZM142 116Q150 80 250 80Q350 80 358 116ZM232 52H268V74H232Z"
    ),
    "maison": "M130 176L250 68L370 176V312H284V228H216V312H130Z",
    "jardin": (  # a seedling
        "M240 312V216C168 220 128 176 128 108C196 108 240 148 249 196C254 124 300 72 376 72"
        "C376 156 330 204 260 208V312Z"
    ),
    "papier": "M160 60H296V128H364V312H160ZM312 60L364 112H312Z",
    "bain": "M250 48C300 120 346 170 346 222C346 276 304 312 250 312C196 312 154 276 154 222"
    "C154 170 200 120 250 48Z",
    "enfants": (  # a spinning top
        "M236 48H264V104H236ZM160 120H340V148H160ZM136 164H364C360 230 306 252 258 308"
        "Q250 316 242 308C194 252 140 230 136 164Z"
    ),
}
_PARCEL: Final = (
    "M150 132L242 168V312L150 272ZM350 132L258 168V312L350 272ZM158 116L250 80L342 116L250 152Z"
)
