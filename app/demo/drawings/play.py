"""Enfants: wooden train, spinning top, rubber duck, picture book."""

from app.demo.drawings.canvas import (
    BASE,
    box,
    darker,
    disc,
    flat,
    ground,
    line,
    shine,
    solid,
    turned,
)
from app.demo.drawings.palette import BRASS, INK, LEAF, WHITE, WOOD, WOOD_DARK, Paint


def train(paint: Paint) -> str:
    """Return a wooden locomotive that travels to the left."""
    return "".join(
        (
            ground(200, 150),
            solid(box(96, 122, 40, 70, 4), INK, depth=12),
            solid(box(84, 104, 64, 26, 8), paint.accent, depth=12),
            solid(box(158, 148, 44, 50, 22), BRASS, depth=12),
            solid(
                "M62 182Q62 174 72 174H232V276H72Q56 276 56 228Q56 200 62 182Z",
                paint.body,
                flat(box(140, 160, 14, 130), paint.accent),
                depth=22,
            ),
            solid(box(220, 96, 112, 184, 6), paint.body, depth=22),
            solid(box(206, 80, 142, 28, 10), paint.accent, depth=14),
            flat(box(246, 128, 60, 56, 8), WHITE),
            solid(box(52, 262, 296, 26, 6), WOOD_DARK, depth=10),
            _wheel(108, 40),
            _wheel(196, 40),
            _wheel(292, 48),
            shine("M82 194H124", 9),
        )
    )


def _wheel(across: int, radius: int) -> str:
    middle = BASE - radius
    return (
        solid(disc(across, middle, radius), WOOD, depth=9)
        + flat(disc(across, middle, radius - 12), darker(WOOD, 20))
        + flat(disc(across, middle, 9), INK)
    )


def spinning_top(paint: Paint) -> str:
    """Return a wooden spinning top, a little tilted."""
    outline = (
        "M60 166Q60 140 92 136H308Q340 140 340 166C336 224 262 262 212 328"
        "Q200 340 188 328C138 262 64 224 60 166Z"
    )
    bands = flat(box(40, 168, 320, 22), paint.accent) + flat(box(40, 216, 320, 18), "#F3B933")
    return ground(196, 46) + turned(
        8,
        solid(box(184, 56, 32, 84, 8), WOOD, depth=12),
        solid(disc(200, 52, 24), paint.accent, depth=10),
        solid("M104 138Q110 112 200 112Q290 112 296 138Z", darker(paint.body), depth=10),
        solid(outline, paint.body, bands, depth=28),
        shine("M92 152H160", 8),
    )


def duck(paint: Paint) -> str:
    """Return a bath duck that looks to the left."""
    outline = (
        "M138 206C98 190 80 156 84 122C90 76 126 52 166 54C214 58 240 98 232 144"
        "C230 166 236 176 256 180C296 186 314 166 340 148Q352 142 352 158C356 250 330 332 240 332"
        "H164C96 332 66 290 74 252C80 230 100 214 138 206Z"
    )
    wing = "M184 236C228 214 274 226 296 212C304 264 270 298 222 296C184 294 168 262 184 236Z"
    return "".join(
        (
            ground(206, 104),
            solid(outline, paint.body, depth=24),
            solid(wing, darker(paint.body, 7), depth=12),
            solid(
                "M98 120C76 128 52 128 46 138C44 152 66 162 98 158Q112 154 110 136Z",
                paint.accent,
                depth=8,
            ),
            line("M54 142H100", darker(paint.accent, 25), 4),
            flat(disc(142, 112, 13), INK),
            flat(disc(138, 107, 4), WHITE),
            shine("M112 96Q122 78 144 72", 8),
        )
    )


def picture_book(paint: Paint) -> str:
    """Return a hardback picture book with an apple on its cover."""
    apple = (
        "M196 160C172 138 128 150 126 200C124 246 158 282 180 282C190 282 192 278 200 278"
        "C208 278 210 282 220 282C242 282 276 246 274 200C272 150 224 138 204 160Z"
    )
    return "".join(
        (
            ground(200, 128),
            flat(box(84, 46, 250, 286, 6), darker(paint.body, 25)),
            flat(box(90, 52, 236, 272, 3), WHITE),
            line("M322 60V318M316 60V318", "#D9D5C8", 2),
            solid(
                box(72, 34, 240, 290, 6),
                paint.body,
                flat(box(72, 34, 22, 290), darker(paint.body, 18)),
                flat(disc(200, 210, 96), paint.accent),
                depth=12,
            ),
            solid(apple, "#CE4334", depth=20),
            line("M200 162Q200 134 214 120", WOOD_DARK, 7),
            flat("M208 146Q220 108 262 112Q256 150 208 146Z", LEAF),
            shine("M146 192Q146 212 154 228", 9),
        )
    )
