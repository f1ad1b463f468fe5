"""Papier: notebook, fountain pen, envelopes, scissors."""

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
    turned,
)
from app.demo.drawings.palette import BRASS, INK, STEEL, WHITE, Paint


def notebook(paint: Paint) -> str:
    """Return an upright notebook with a label, a ribbon and an elastic band."""
    label = flat(box(142, 92, 92, 58, 4), WHITE) + line("M158 112H218M158 130H200", STEEL, 5)
    return "".join(
        (
            ground(200, 108),
            flat(box(104, 40, 200, 292, 10), darker(paint.body, 30)),
            flat(box(110, 38, 188, 288, 6), WHITE),
            line("M298 50V320", "#D9D5C8", 2),
            solid(
                box(96, 28, 198, 298, 10),
                paint.body,
                flat(box(96, 28, 28, 298), darker(paint.body, 18)),
                label,
                flat(box(258, 20, 13, 320), paint.accent),
                depth=14,
            ),
            shine("M110 56V110", 6),
        )
    )


def pen(paint: Paint) -> str:
    """Return a fountain pen, its nib pointing to the lower left."""
    return "".join(
        (
            '<ellipse cx="124" cy="333" rx="52" ry="6" opacity=".15"/>',
            turned(
                32,
                solid("M200 372L176 296H224Z", BRASS, depth=8),
                line("M200 362V322", INK, 3),
                flat(disc(200, 318, 5), INK),
                solid("M178 264H222L226 300H174Z", INK, depth=10),
                solid("M170 130H230V268H170Z", paint.body, depth=18),
                solid("M168 36Q168 18 200 18Q232 18 232 36V138H168Z", paint.body, depth=18),
                flat(box(164, 130, 72, 14, 3), BRASS),
                flat(box(168, 258, 64, 8, 3), BRASS),
                flat(box(208, 32, 13, 84, 6), BRASS),
                shine("M183 160V244", 8),
            ),
        )
    )


def envelopes(paint: Paint) -> str:
    """Return a sealed envelope with a letter of its set behind it."""
    outline = box(48, 124, 304, 208, 8)
    return "".join(
        (
            ground(200, 152),
            solid(
                box(84, 58, 232, 160, 6), WHITE, line("M116 92H284M116 118H284", STEEL, 6), depth=12
            ),
            solid(
                outline,
                paint.body,
                line("M40 340L170 228M360 340L230 228", darker(paint.body), 5),
                depth=10,
            ),
            solid(
                "M50 126Q52 124 58 124H342Q348 124 350 126L214 240Q200 252 186 240Z",
                lighter(paint.body, 16),
                depth=8,
            ),
            line("M52 128L186 240Q200 252 214 240L348 128", darker(paint.body, 16), 4),
            solid(disc(200, 238, 28), paint.accent, depth=9),
            line("M190 238L198 246L212 230", darker(paint.accent, 30), 5),
            shine("M68 170V216", 8),
        )
    )


def scissors(paint: Paint) -> str:
    """Return open scissors standing on their two rings."""
    left = "M182 222C150 222 98 240 98 284C98 330 174 334 176 284C178 262 182 250 196 226"
    right = "M218 222C250 222 302 240 302 284C302 330 226 334 224 284C222 262 218 250 204 226"
    return "".join(
        (
            ground(200, 106),
            solid("M176 236L248 36Q256 28 264 38L220 226Z", STEEL, depth=9),
            solid("M224 236L152 36Q144 28 136 38L180 226Z", lighter(STEEL, 20), depth=9),
            line(left, paint.body, 24),
            line(right, darker(paint.body), 24),
            solid(disc(200, 214, 15), BRASS, depth=6),
            flat(disc(200, 214, 5), INK),
            shine("M96 276Q100 248 130 238", 6),
        )
    )
