"""The colours of the demonstration: six walls, and the colourways articles come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

TINTS: Final[Mapping[str, str]] = {
    "cuisine": "#D7E5F4",
    "maison": "#F5DDD5",
    "jardin": "#D5E9D6",
    "papier": "#FAE8B4",
    "bain": "#CBE7E8",
    "enfants": "#E5DCF3",
}

WOOD: Final = "#DDAA6B"
WOOD_DARK: Final = "#A8703F"
STEEL: Final = "#C3CBD6"
IRON: Final = "#3B4358"
BRASS: Final = "#D2A23F"
LEAF: Final = "#3F8558"
LEAF_LIGHT: Final = "#63A873"
CLAY: Final = "#CC6D48"
WHITE: Final = "#FBFAF5"
INK: Final = "#1E2440"


@dataclass(frozen=True, slots=True)
class Paint:
    """One colourway: the body, what decorates it, and how large it is beside its siblings."""

    body: str
    accent: str = WHITE
    size: float = 1.0


BLUE: Final = Paint("#2A4FB8")
WHITE_BLUE: Final = Paint(WHITE, "#2A4FB8")
GREEN: Final = Paint("#4E8B69")
YELLOW: Final = Paint("#F3B933")
RED: Final = Paint("#CE4334")
PINK: Final = Paint("#E58F93")
NIGHT: Final = Paint("#2B3350", "#F3B933")
