"""Cuisine: teapot, mug, tea towel, chopping board, saucepan."""

from app.demo.drawings.canvas import (
    BASE,
    box,
    darker,
    disc,
    flat,
    ground,
    line,
    scaled,
    shine,
    solid,
    tube,
)
from app.demo.drawings.palette import BRASS, IRON, WOOD, WOOD_DARK, Paint


def teapot(paint: Paint) -> str:
    """Return a round teapot, its spout to the right."""
    belly = (
        "M134 150C92 172 78 220 88 268C94 306 112 332 150 332H226C264 332 282 306 288 268"
        "C298 220 284 172 242 150Z"
    )
    spout = "M262 292C316 284 314 190 352 158L326 142C292 164 300 214 262 220Z"
    dots = "".join(
        disc(70 + column * 44 + row % 2 * 22, 196 + row * 32, 6.5)
        for row in range(5)
        for column in range(6)
    )
    return "".join(
        (
            ground(192, 122),
            tube("M112 186C24 166 30 296 100 284", paint.body, 24),
            solid(spout, paint.body, depth=14),
            solid(belly, paint.body, flat(dots, paint.accent)),
            solid("M128 152C132 112 160 98 188 98C216 98 244 112 248 152Z", paint.body, depth=16),
            flat(box(118, 146, 140, 12, 6), darker(paint.body, 20)),
            solid(disc(188, 82, 19), paint.accent, depth=8),
            shine("M112 214C102 238 104 260 110 276"),
        )
    )


def mug(paint: Paint) -> str:
    """Return a mug with a band under its rim, its handle to the right."""
    cup = "M60 104H264V276Q264 332 208 332H116Q60 332 60 276Z"
    band = flat(box(60, 134, 204, 22), paint.accent) + flat(box(60, 166, 204, 7), paint.accent)
    return "".join(
        (
            ground(168, 116),
            tube("M262 152H290C364 152 362 272 256 272", paint.body, 28),
            solid(cup, paint.body, band, depth=30),
            flat(box(56, 98, 212, 14, 7), darker(paint.body, 6)),
            shine("M86 200V270"),
        )
    )


def tea_towel(paint: Paint) -> str:
    """Return a checked cloth hung over a wooden rail."""
    stripes = [
        flat(box(left, 40, 16, 300), paint.body) + flat(box(left + 24, 40, 5, 300), paint.body)
        for left in (104, 178, 252)
    ]
    bars = [
        f'<g opacity=".7">{flat(box(80, top, 240, 16), paint.body)}'
        f"{flat(box(80, top + 24, 240, 5), paint.body)}</g>"
        for top in (96, 172, 248)
    ]
    fringe = line("M100 322V332M128 322V332M156 322V332M184 322V332M212 322V332M240 322V332"
                  "M268 322V332M296 322V332", paint.accent, 5)  # fmt: skip
    return "".join(
        (
            '<path opacity=".1" d="M104 60H326V322H104Z"/>',
            tube("M56 62H344", WOOD, 22),
            fringe,
            solid(
                "M92 44Q92 38 98 38H302Q308 38 308 44V322H92Z",
                paint.accent,
                *stripes,
                *bars,
                depth=18,
            ),
            '<path opacity=".07" d="M92 74H308V80H92Z"/>',
            line("M56 62V62M344 62V62", WOOD_DARK, 22),
            shine("M108 60H150", 8),
        )
    )


def chopping_board(paint: Paint) -> str:
    """Return a board that stands on its short side, with a hole in its handle."""
    outline = (
        "M172 44Q172 30 186 30H214Q228 30 228 44V96Q228 112 244 112H276Q300 112 300 136V308"
        "Q300 332 276 332H124Q100 332 100 308V136Q100 112 124 112H156Q172 112 172 96Z"
    )
    grain = line(
        "M140 100C132 180 152 240 138 340M186 20C180 120 204 220 184 340"
        "M234 100C246 180 224 250 240 340M272 100C264 190 282 260 270 340",
        darker(paint.body, 9),
        5,
    )
    return scaled(
        paint.size,
        ground(200, 112),
        solid(outline, paint.body, grain),
        flat(disc(200, 60, 11), paint.accent),
        line("M200 56C206 22 226 18 238 34C246 46 236 62 206 62", IRON, 5),
        shine("M122 150V200"),
    )


def saucepan(paint: Paint) -> str:
    """Return an enamel saucepan with its lid on, its handle to the right."""
    pan = f"M52 190H246V286Q246 {BASE} 200 {BASE}H98Q52 {BASE} 52 286Z"
    return "".join(
        (
            ground(149, 106),
            tube("M246 218H338", IRON, 24),
            flat(disc(334, 218, 5), "#8A93A8"),
            solid(pan, paint.body, flat(box(52, 204, 194, 8), paint.accent), depth=30),
            solid("M56 186Q60 122 149 118Q238 122 242 186Z", paint.body, depth=20),
            flat(box(42, 180, 214, 16, 8), darker(paint.body, 20)),
            flat(box(141, 98, 16, 24), darker(BRASS)),
            solid(box(124, 84, 50, 22, 11), BRASS, depth=7),
            shine("M76 234V284"),
        )
    )
