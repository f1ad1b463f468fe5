"""Jardin: watering can, plant pot, secateurs, trowel, birdhouse."""

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
from app.demo.drawings.palette import (
    BRASS,
    CLAY,
    INK,
    IRON,
    LEAF,
    LEAF_LIGHT,
    STEEL,
    WOOD,
    WOOD_DARK,
    Paint,
)


def watering_can(paint: Paint) -> str:
    """Return a watering can, its rose to the left."""
    body = f"M160 166H306L318 318Q320 {BASE} 306 {BASE}H160Q146 {BASE} 148 318Z"
    return "".join(
        (
            ground(233, 96),
            tube("M180 166C184 60 290 60 296 150", paint.body, 20),
            tube("M304 192C372 176 366 286 312 286", paint.body, 20),
            solid("M166 300L88 164L108 150L168 232Z", paint.body, depth=10),
            solid("M52 176L112 122L124 142L76 186Z", BRASS, depth=8),
            solid(
                body,
                paint.body,
                flat(box(140, 196, 200, 9), paint.accent),
                flat(box(140, 292, 200, 9), paint.accent),
                depth=28,
            ),
            flat(box(152, 160, 162, 14, 7), darker(paint.body)),
            shine("M180 222L176 272"),
        )
    )


def plant_pot(paint: Paint) -> str:
    """Return a clay pot with a young plant in it, for scale."""
    leaves = "".join(
        f'<g transform="rotate({angle} 200 196)">'
        f"{flat('M200 196C160 150 166 84 200 40C234 84 240 150 200 196Z', colour)}"
        f"{flat('M200 196C190 140 190 90 200 40C234 84 240 150 200 196Z', darker(colour))}</g>"
        for angle, colour in ((-58, LEAF), (58, LEAF), (-30, LEAF_LIGHT), (30, LEAF_LIGHT))
    )
    middle = "M200 196C164 146 168 76 200 28C232 76 236 146 200 196Z"
    return scaled(
        paint.size,
        ground(200, 82),
        leaves,
        solid(middle, LEAF, depth=16),
        line("M200 176V70", LEAF_LIGHT, 4),
        solid(
            f"M116 214H284L264 320Q262 {BASE} 250 {BASE}H150Q138 {BASE} 136 320Z",
            CLAY,
            flat(box(100, 262, 200, 14), paint.accent),
            depth=26,
        ),
        solid(box(102, 186, 196, 40, 8), CLAY, depth=18),
        shine("M120 198V214", 9),
    )


def secateurs(paint: Paint) -> str:
    """Return open secateurs, handles down, with their spring between them."""
    left = (
        "M204 176C178 190 128 220 112 322Q112 334 126 332Q140 330 142 318C150 262 178 230 222 206Z"
    )
    right = (
        "M196 176C222 190 272 220 288 322Q288 334 274 332Q260 330 258 318C250 262 222 230 178 206Z"
    )
    return "".join(
        (
            ground(200, 96),
            line("M178 262L222 252L180 242L220 232L186 222", IRON, 5),
            solid(
                "M214 188C160 160 138 110 150 70Q156 62 164 70C172 116 196 134 226 160Z",
                darker(STEEL, 18),
                depth=8,
            ),
            solid(left, paint.body, depth=12),
            solid(
                "M178 190C184 120 206 60 262 32Q272 34 270 46C272 110 246 160 216 196Z",
                STEEL,
                depth=14,
            ),
            solid(right, paint.body, depth=12),
            solid(disc(200, 188, 20), INK, depth=8),
            flat(disc(200, 188, 7), BRASS),
            shine("M130 288Q138 254 156 234", 7),
        )
    )


def trowel(paint: Paint) -> str:
    """Return a hand trowel, its steel blade pointing down."""
    blade = (
        "M148 186Q150 178 160 178H240Q250 178 252 186C258 250 232 304 200 332"
        "C168 304 142 250 148 186Z"
    )
    return "".join(
        (
            ground(200, 34),
            flat(box(190, 130, 20, 60), darker(STEEL, 20)),
            solid(blade, STEEL, depth=24),
            line("M200 196V292", darker(STEEL, 16), 8),
            solid(
                "M178 46Q178 28 200 28Q222 28 222 46L216 138Q216 148 206 148H194Q184 148 184 138Z",
                paint.body,
                depth=12,
            ),
            flat(box(183, 126, 34, 16, 3), BRASS),
            flat(disc(200, 50, 7), darker(paint.body, 40)),
            shine("M190 74L192 108", 7),
        )
    )


def birdhouse(paint: Paint) -> str:
    """Return a birdhouse with a pitched roof, a round door and a perch."""
    planks = line("M152 130V340M200 100V340M248 130V340", darker(paint.body, 9), 3)
    return "".join(
        (
            ground(200, 104),
            solid(f"M104 150L200 66L296 150V{BASE}H104Z", paint.body, planks, depth=26),
            solid("M200 30L332 148L312 172L200 72L88 172L68 148Z", paint.accent, depth=12),
            flat(disc(200, 202, 37), darker(paint.body, 20)),
            flat(disc(200, 202, 30), INK),
            tube("M200 262V274", WOOD_DARK, 16),
            solid(box(88, 314, 224, 18, 4), WOOD, depth=8),
            shine("M124 190V240", 9),
        )
    )
