"""Which object each article is, on whose wall it stands, and in which colourways."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from app.demo.drawings import bath, garden, home, kitchen, paper, play
from app.demo.drawings.canvas import scene
from app.demo.drawings.palette import (
    BLUE,
    CLAY,
    GREEN,
    INK,
    NIGHT,
    PINK,
    RED,
    TINTS,
    WHITE,
    WHITE_BLUE,
    WOOD,
    WOOD_DARK,
    YELLOW,
    Paint,
)

PLAIN: Final = ""
"""The option of an article that has none."""


class Drawing(NamedTuple):
    """An object, its category, and its paint by option (the part of the SKU after the hyphen)."""

    category: str
    shape: Callable[[Paint], str]
    paints: Mapping[str, Paint]


DRAWINGS: Final[Mapping[str, Drawing]] = {
    "THEIERE": Drawing(
        "cuisine", kitchen.teapot, {"BLEU": BLUE, "BLANC": WHITE_BLUE, "VERT": GREEN}
    ),
    "TASSE": Drawing("cuisine", kitchen.mug, {"BLEU": BLUE, "BLANC": WHITE_BLUE, "JAUNE": YELLOW}),
    "TORCHON": Drawing("cuisine", kitchen.tea_towel, {"BLEU": BLUE, "ROUGE": RED}),
    "PLANCHE": Drawing(
        "cuisine",
        kitchen.chopping_board,
        {"PETITE": Paint("#E6B97C", WOOD_DARK, 0.72), "GRANDE": Paint("#E6B97C", WOOD_DARK)},
    ),
    "CASSEROLE": Drawing(
        "cuisine", kitchen.saucepan, {"BLEU": BLUE, "ROUGE": RED, "JAUNE": YELLOW}
    ),
    "LAMPE": Drawing(
        "maison", home.lamp, {"JAUNE": Paint(WHITE, "#F3B933"), "VERT": Paint("#4E8B69", WHITE)}
    ),
    "COUSSIN": Drawing("maison", home.cushion, {"BLEU": BLUE, "ROSE": PINK, "VERT": GREEN}),
    "BOUGIE": Drawing(
        "maison",
        home.candle,
        {
            "FIGUIER": Paint("#6F9A5B", "#4E7A3C"),
            "CEDRE": Paint("#B5673F", "#7D3F22"),
            "ORANGER": Paint("#EFA64A", "#B96A17"),
        },
    ),
    "REVEIL": Drawing(
        "maison",
        home.alarm_clock,
        {"ROUGE": Paint("#CE4334", "#D2A23F"), "BLEU": Paint("#2A4FB8", "#D2A23F")},
    ),
    "VASE": Drawing("maison", home.vase, {"BLEU": BLUE, "JAUNE": YELLOW}),
    "PARAPLUIE": Drawing(
        "maison", home.umbrella, {"NUIT": NIGHT, "ROUGE": Paint("#CE4334", "#F6E3D4")}
    ),
    "ARROSOIR": Drawing(
        "jardin", garden.watering_can, {"VERT": GREEN, "BLEU": BLUE, "JAUNE": YELLOW}
    ),
    "POT": Drawing(
        "jardin",
        garden.plant_pot,
        {
            "12": Paint(CLAY, "#F0D9C4", 0.62),
            "18": Paint(CLAY, "#F3B933", 0.8),
            "24": Paint(CLAY, WHITE),
        },
    ),
    "SECATEUR": Drawing("jardin", garden.secateurs, {PLAIN: RED}),
    "TRANSPLANTOIR": Drawing(
        "jardin", garden.trowel, {"HETRE": Paint(WOOD), "LAQUE": Paint("#CE4334")}
    ),
    "NICHOIR": Drawing(
        "jardin",
        garden.birdhouse,
        {"BLEU": Paint("#5C86CF", WHITE), "NATUREL": Paint("#E3BC86", "#CE4334")},
    ),
    "CARNET": Drawing(
        "papier",
        paper.notebook,
        {
            "BLEU": Paint("#2A4FB8", "#F3B933"),
            "ROUGE": Paint("#CE4334", INK),
            "VERT": Paint("#4E8B69", "#F3C9B4"),
        },
    ),
    "STYLO": Drawing("papier", paper.pen, {"BLEU": BLUE, "ROUGE": RED}),
    "ENVELOPPES": Drawing(
        "papier",
        paper.envelopes,
        {"BLEU": Paint("#6D93DB", "#CE4334"), "ROSE": Paint("#EBA3A2", "#2A4FB8")},
    ),
    "CISEAUX": Drawing("papier", paper.scissors, {"BLEU": BLUE, "ROUGE": RED}),
    "SERVIETTES": Drawing(
        "bain",
        bath.towels,
        {"BLANC": Paint(WHITE, "#2A4FB8"), "BLEU": Paint("#2A4FB8", WHITE), "ROSE": PINK},
    ),
    "SAVON": Drawing(
        "bain",
        bath.soap_dispenser,
        {"BLANC": Paint("#F7F6F1", "#DCEBDD"), "AMBRE": Paint("#B8662B")},
    ),
    "PANIER": Drawing(
        "bain",
        bath.basket,
        {"NATUREL": Paint("#B9824A", "#E0B173"), "BLEU": Paint("#23408F", "#5C86CF")},
    ),
    "TRAIN": Drawing(
        "enfants",
        play.train,
        {"ROUGE": Paint("#CE4334", "#2A4FB8"), "VERT": Paint("#4E8B69", "#F3B933")},
    ),
    "TOUPIE": Drawing(
        "enfants",
        play.spinning_top,
        {"ROUGE": Paint("#CE4334", WHITE), "BLEU": Paint("#2A4FB8", WHITE)},
    ),
    "CANARD": Drawing("enfants", play.duck, {PLAIN: Paint("#F7C438", "#E8772E")}),
    "IMAGIER": Drawing("enfants", play.picture_book, {PLAIN: Paint("#2A4FB8", "#F8DD8A")}),
}


@lru_cache(maxsize=128)
def draw(sku: str) -> str:
    """Return the picture of a SKU of the demonstration as an SVG document.

    Raises KeyError when there is no such drawing.
    """
    article, _, option = sku.partition("-")
    drawing = DRAWINGS[article]
    return scene(TINTS[drawing.category], drawing.shape(drawing.paints[option]))
