"""Maison: lamp, cushion, candle, alarm clock, vase, umbrella."""

from app.demo.drawings.canvas import (
    box,
    darker,
    disc,
    flat,
    ground,
    lighter,
    line,
    shine,
    solid,
    tube,
)
from app.demo.drawings.palette import (
    BRASS,
    INK,
    LEAF,
    LEAF_LIGHT,
    WHITE,
    WOOD,
    WOOD_DARK,
    Paint,
)


def lamp(paint: Paint) -> str:
    """Return a table lamp: a shade over a round foot."""
    foot = (
        "M184 188H216V204C250 216 268 244 268 270C268 300 252 318 240 322V332H160V322"
        "C148 318 132 300 132 270C132 244 150 216 184 204Z"
    )
    return "".join(
        (
            ground(200, 78),
            line("M246 176V216", BRASS, 3),
            flat(disc(246, 222, 6), BRASS),
            flat(box(190, 168, 20, 26), darker(BRASS)),
            solid(foot, paint.body, depth=26),
            solid("M138 30H262L318 178Q320 184 314 184H86Q80 184 82 178Z", paint.accent, depth=26),
            flat("M84 172L81 180Q80 184 86 184H314Q320 184 318 178L316 172Z", darker(paint.accent)),
            shine("M154 250Q152 264 154 280", 10),
        )
    )


def cushion(paint: Paint) -> str:
    """Return a plump square cushion with sprigs of hawthorn on it."""
    outline = (
        "M52 52Q60 44 76 50Q200 78 324 50Q340 44 348 52Q354 60 348 78Q326 190 348 308"
        "Q352 324 346 330Q338 335 324 330Q200 306 76 330Q62 335 54 330Q48 324 52 308"
        "Q74 190 52 78Q46 60 52 52Z"
    )
    places = ((116, 116), (200, 136), (284, 116), (158, 192), (242, 192), (116, 262), (200, 250),
              (284, 262))  # fmt: skip
    sprigs = "".join(_sprig(across, down, paint.accent) for across, down in places)
    return "".join(
        (
            ground(200, 130),
            solid(outline, paint.body, sprigs, depth=26),
            line("M86 66Q120 76 150 78M86 314Q110 306 140 302", darker(paint.body), 4),
            shine("M82 108Q90 150 88 190"),
        )
    )


def _sprig(across: int, down: int, colour: str) -> str:
    petals = "".join(
        flat(disc(across + right, down + below, 8.5), colour)
        for right, below in ((0, -11), (10, -3), (6, 9), (-6, 9), (-10, -3))
    )
    return petals + flat(disc(across, down, 5), "#F3B933")


def candle(paint: Paint) -> str:
    """Return a scented candle that burns in its glass, with a label."""
    glass = "M102 150H298V296Q298 332 262 332H138Q102 332 102 296Z"
    label = flat(box(142, 214, 116, 86, 4), WHITE) + (
        line("M200 290V240", paint.accent, 5)
        + flat("M200 272Q168 272 164 240Q196 240 200 272Z", paint.accent)
        + flat("M200 258Q232 258 236 226Q204 226 200 258Z", paint.accent)
    )
    return "".join(
        (
            ground(200, 108),
            flat(box(102, 150, 196, 60), lighter(paint.body, 70)),
            line("M200 186V156", INK, 5),
            flat(
                "M200 50C232 92 238 112 236 130C234 152 218 164 200 164C182 164 166 152 164 130"
                "C162 112 172 100 184 86C192 76 198 64 200 50Z",
                "#F6A723",
            ),
            flat(
                "M201 104C216 126 218 134 217 142C216 154 209 160 200 160C191 160 184 154 183 142"
                "C182 132 196 122 201 104Z",
                "#FFE48A",
            ),
            solid(
                "M102 186H298V296Q298 332 262 332H138Q102 332 102 296Z", paint.body, label, depth=26
            ),
            f'<g opacity=".55">{line(glass, "#FFFFFF", 6)}</g>',
            shine("M122 176V286", 10),
        )
    )


def alarm_clock(paint: Paint) -> str:
    """Return an alarm clock with two bells; it is ten past ten."""
    ticks = "M200 120V132M200 290V302M109 211H121M279 211H291"
    bells = "".join(
        f'<g transform="translate({across} 88) rotate({angle})">'
        f"{solid(dome, paint.accent, depth=9)}</g>"
        for across, angle, dome in (
            (118, -40, "M-46 4A46 46 0 0 1 46 4Z"),
            (282, 40, "M46 4A46 46 0 0 0 -46 4Z"),
        )
    )
    return "".join(
        (
            ground(200, 104),
            tube("M138 300L116 324M262 300L284 324", INK, 18),
            line("M118 92L140 120M282 92L260 120", INK, 9),
            bells,
            line("M200 66V92", INK, 9),
            solid(box(176, 42, 48, 24, 8), INK, depth=8),
            solid(disc(200, 211, 121), paint.body, depth=20),
            flat(disc(200, 211, 96), WHITE),
            line(ticks, INK, 7),
            line("M200 211L154 178", INK, 11),
            line("M200 211L252 160", INK, 8),
            line("M200 211L212 262", "#CE4334", 4),
            flat(disc(200, 211, 10), INK),
            shine("M92 196Q98 142 140 116", 8),
        )
    )


def vase(paint: Paint) -> str:
    """Return a vase with a flowering branch of hawthorn."""
    outline = (
        "M172 194H228V222C228 236 266 250 266 288C266 314 252 332 232 332H168"
        "C148 332 134 314 134 288C134 250 172 236 172 222Z"
    )
    leaves = "".join(
        f'<g transform="translate({across} {down}) rotate({angle})">'
        f"{flat('M0 0C-18 -14 -16 -36 0 -46C16 -36 18 -14 0 0Z', colour)}</g>"
        for across, down, angle, colour in (
            (190, 140, -70, LEAF), (208, 150, 66, LEAF_LIGHT), (176, 96, -80, LEAF_LIGHT),
            (240, 108, 96, LEAF), (152, 58, -30, LEAF), (268, 66, 60, LEAF_LIGHT),
        )
    )  # fmt: skip
    places = ((146, 112), (126, 72), (204, 104), (250, 74), (292, 92), (186, 56), (224, 40))
    return "".join(
        (
            ground(200, 72),
            line(
                "M200 200C196 150 176 100 146 60M202 190C208 140 236 100 276 66"
                "M200 170C200 120 196 90 200 60",
                WOOD_DARK,
                7,
            ),
            leaves,
            "".join(_blossom(across, down) for across, down in places),
            solid(
                outline,
                paint.body,
                flat(box(120, 276, 160, 10), paint.accent),
                flat(box(120, 294, 160, 4), paint.accent),
                depth=24,
            ),
            flat(box(164, 188, 72, 13, 6), darker(paint.body)),
            shine("M158 268Q150 284 154 302", 9),
        )
    )


def _blossom(across: int, down: int) -> str:
    petals = "".join(
        flat(disc(across + right, down + below, 10), "#FFFFFF")
        for right, below in ((0, -13), (12, -4), (8, 10), (-8, 10), (-12, -4))
    )
    return petals + flat(disc(across, down, 6), "#E58F93")


def umbrella(paint: Paint) -> str:
    """Return an open umbrella that stands on its curved handle."""
    canopy = (
        "M48 196C54 104 118 60 200 60C282 60 346 104 352 196Q328 168 301 196Q276 168 250 196"
        "Q226 168 200 196Q174 168 150 196Q124 168 99 196Q72 168 48 196Z"
    )
    panels = flat(
        "M200 56C152 84 140 130 150 200H99C96 140 130 84 200 56Z"
        "M200 56C248 84 260 130 250 200H301C304 140 270 84 200 56Z",
        paint.accent,
    )
    return "".join(
        (
            ground(186, 40),
            line("M200 62V34", INK, 8),
            line("M200 180V280", "#8A93A8", 8),
            tube("M200 250V296C200 338 146 338 148 298", WOOD, 18),
            solid(canopy, paint.body, panels, depth=24),
            shine("M80 152Q94 112 130 92", 9),
        )
    )
