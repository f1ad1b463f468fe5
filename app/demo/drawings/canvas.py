"""How every picture is drawn: flat shapes, light from the top left, standing on a shelf.

All shapes are SVG path data on a square of 400 units. The shelf line lies at 312; objects stand
at 332, a little in front of it, and are at most 304 units wide or high.
"""

from zlib import crc32

SIZE = 400
SHELF = 312
BASE = 332
INK = "#151B2E"
SHADE = 12
"""How much darker a shaded side is, in per cent."""


def scene(tint: str, *parts: str) -> str:
    """Return a whole picture: the parts before a wall of this tint, on its shelf."""
    wall = f'<path fill="{tint}" d="M0 0H{SIZE}V{SIZE}H0Z"/>'
    board = f'<path fill="{darker(tint, 6)}" d="M0 {SHELF}H{SIZE}V{SIZE}H0Z"/>'
    edge = f'<path fill="{darker(tint, 16)}" d="M0 {SHELF}h{SIZE}v3H0Z"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}">'
        f"{wall}{board}{edge}{''.join(parts)}</svg>"
    )


def solid(outline: str, colour: str, *pattern: str, depth: int = 22) -> str:
    """Return a body: its pattern clipped to it, its lower right side in shade.

    `depth` is how broad the shaded side is; the shade lies over the pattern too.
    """
    name = f"c{crc32(outline.encode()):x}"
    around = f"M-99-99H499V499H-99Z{outline}"
    return (
        f'<clipPath id="{name}"><path d="{outline}"/></clipPath><g clip-path="url(#{name})">'
        f'<path fill="{colour}" d="{outline}"/>{"".join(pattern)}'
        f'<path opacity=".{SHADE}" fill-rule="evenodd" d="{around}"'
        f' transform="translate({-depth} {-(depth // 3)})"/></g>'
    )


def flat(outline: str, colour: str) -> str:
    """Return a shape of one colour, without a side in shade."""
    return f'<path fill="{colour}" d="{outline}"/>'


def line(course: str, colour: str, width: float) -> str:
    """Return a round-ended stroke: a handle, a stem, a stripe."""
    return (
        f'<path fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round"'
        f' stroke-linejoin="round" d="{course}"/>'
    )


def dashes(course: str, colour: str, width: float, rhythm: tuple[int, int]) -> str:
    """Return a stroke broken by a rhythm of (drawn, left out): a weave, a seam."""
    drawn, left_out = rhythm
    return (
        f'<path fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round"'
        f' stroke-dasharray="{drawn} {left_out}" d="{course}"/>'
    )


def tube(course: str, colour: str, width: int) -> str:
    """Return a bent rod with its lower right side in shade."""
    inner = width - max(width * 2 // 7, 3)
    lift = (width - inner) / 2
    return line(course, darker(colour), width) + (
        f'<g transform="translate({-lift:g} {-lift / 2:g})">{line(course, colour, inner)}</g>'
    )


def shine(course: str, width: int = 12) -> str:
    """Return the one highlight of an object."""
    return f'<g opacity=".5">{line(course, "#FFFFFF", width)}</g>'


def ground(centre: int, half: int) -> str:
    """Return the shadow where an object touches the shelf."""
    return f'<ellipse cx="{centre}" cy="{BASE + 1}" rx="{half}" ry="8" fill="{INK}" opacity=".17"/>'


def turned(angle: float, *parts: str) -> str:
    """Return parts turned clockwise around the middle, by degrees."""
    middle = SIZE // 2
    return f'<g transform="rotate({angle:g} {middle} {middle})">{"".join(parts)}</g>'


def scaled(factor: float, *parts: str) -> str:
    """Return parts made smaller without leaving the shelf: the smaller size of an article."""
    across, down = SIZE / 2 * (1 - factor), BASE * (1 - factor)
    return f'<g transform="translate({across:g} {down:g}) scale({factor:g})">{"".join(parts)}</g>'


def box(left: float, top: float, width: float, height: float, radius: float = 0) -> str:
    """Return the outline of a rectangle with round corners."""
    if not radius:
        return f"M{left:g} {top:g}h{width:g}v{height:g}h{-width:g}Z"
    bend = f"a{radius:g} {radius:g} 0 0 1"
    return (
        f"M{left + radius:g} {top:g}h{width - 2 * radius:g}{bend} {radius:g} {radius:g}"
        f"v{height - 2 * radius:g}{bend} {-radius:g} {radius:g}h{2 * radius - width:g}"
        f"{bend} {-radius:g} {-radius:g}v{2 * radius - height:g}{bend} {radius:g} {-radius:g}Z"
    )


def disc(across: float, down: float, radius: float) -> str:
    """Return the outline of a circle."""
    half = f"a{radius:g} {radius:g} 0 0 1"
    return f"M{across - radius:g} {down:g}{half} {2 * radius:g} 0{half} {-2 * radius:g} 0Z"


def darker(colour: str, percent: int = SHADE) -> str:
    """Return a colour (#RRGGBB) with so much of its light taken away."""
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{part * (100 - percent) // 100:02X}" for part in parts)


def lighter(colour: str, percent: int) -> str:
    """Return a colour (#RRGGBB) brought so far towards white."""
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{part + (255 - part) * percent // 100:02X}" for part in parts)
