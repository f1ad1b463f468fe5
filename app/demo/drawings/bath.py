"""Bain: towels, soap dispenser, basket."""

from app.demo.drawings.canvas import box, darker, dashes, flat, ground, line, shine, solid
from app.demo.drawings.palette import INK, LEAF, Paint


def towels(paint: Paint) -> str:
    """Return three thick towels, folded and stacked."""
    return (
        ground(200, 148)
        + "".join(
            _folded(top, left, width, colour, paint.accent)
            for top, left, width, colour in (
                (248, 52, 296, paint.body),
                (164, 62, 276, darker(paint.body, 6)),
                (80, 56, 284, paint.body),
            )
        )
        + shine("M84 98H150", 8)
    )


def _folded(top: int, left: int, width: int, colour: str, accent: str) -> str:
    outline = (
        f"M{left + 42} {top}H{left + width - 12}Q{left + width} {top} {left + width} {top + 12}"
        f"V{top + 72}Q{left + width} {top + 84} {left + width - 12} {top + 84}H{left + 42}"
        f"A42 42 0 0 1 {left + 42} {top}Z"
    )
    band = flat(box(left + width - 74, top, 12, 90), accent) + flat(
        box(left + width - 54, top, 5, 90), accent
    )
    crease = line(
        f"M{left + width} {top + 42}H{left + 52}A12 12 0 0 0 {left + 52} {top + 42}",
        darker(colour, 16),
        5,
    )
    return solid(outline, colour, crease, band, depth=10)


def soap_dispenser(paint: Paint) -> str:
    """Return a pump bottle with a label."""
    label = (
        flat(box(142, 218, 116, 76, 4), paint.accent)
        + line("M200 284V244", LEAF, 5)
        + flat("M200 268Q174 266 170 238Q198 240 200 268Z", LEAF)
        + flat("M200 258Q226 256 230 228Q202 230 200 258Z", LEAF)
    )
    return "".join(
        (
            ground(200, 88),
            flat(box(192, 60, 16, 74), "#8A93A8"),
            solid(
                "M108 62Q108 46 124 44H226Q240 44 240 58V74H136Q128 74 128 82V92H108Z",
                INK,
                depth=10,
            ),
            solid(box(166, 108, 68, 40, 6), INK, depth=14),
            solid(
                "M162 146H238Q238 162 258 170Q280 180 280 204V308Q280 332 256 332H144"
                "Q120 332 120 308V204Q120 180 142 170Q162 162 162 146Z",
                paint.body,
                label,
                depth=24,
            ),
            shine("M134 208V280", 9),
        )
    )


def basket(paint: Paint) -> str:
    """Return a woven basket with two upright handles."""
    outline = "M52 168H348L318 316Q314 332 298 332H102Q86 332 82 316Z"
    rows = "".join(f"M{28 + row % 2 * 22} {185 + row * 26}H400" for row in range(7))
    return "".join(
        (
            ground(200, 118),
            line("M122 172C122 66 278 66 278 172", darker(paint.accent, 22), 20),
            line("M122 168C122 62 278 62 278 168", paint.accent, 14),
            solid(outline, paint.body, dashes(rows, paint.accent, 18, (18, 26)), depth=26),
            solid(box(44, 158, 312, 24, 12), paint.accent, depth=10),
            line("M112 158L104 182M132 158L124 182M268 158L276 182M288 158L296 182", paint.body, 6),
            shine("M78 206L86 258", 9),
        )
    )
