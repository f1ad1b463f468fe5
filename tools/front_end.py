"""Leave `app/static/vendor` with the few files of `node_modules` that pages use, and one sprite.

Called by `tools/front_end.sh`; needs nothing but the standard library.
"""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "app/static/vendor"
FONT = "@fontsource-variable/{0}/files/{0}-latin-wght-normal.woff2"
COPIES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "qr/index.js": "qr/index.js",
    "qr/decode.js": "qr/decode.js",
    "qr/dom.js": "qr/dom.js",
    "bricolage-grotesque.woff2": FONT.format("bricolage-grotesque"),
    "atkinson-next.woff2": FONT.format("atkinson-hyperlegible-next"),
    "atkinson-mono.woff2": FONT.format("atkinson-hyperlegible-mono"),
}
DRAWING = re.compile(r"<svg[^>]*>(?P<shapes>.*)</svg>", re.DOTALL)
BACKGROUND = re.compile(r'<path stroke="none"[^>]*/>')


def main() -> None:
    """Copy the files and write the sprite. Raises FileNotFoundError when a package lacks one."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for name, source in COPIES.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PACKAGES / source, target)
    (VENDOR / "icons.svg").write_text(sprite(icon_names()), encoding="utf-8")


def icon_names() -> list[str]:
    """Return the names in `tools/front_end.icons`, without its comments."""
    lines = (ROOT / "tools/front_end.icons").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def sprite(names: list[str]) -> str:
    """Return one SVG with a `<symbol>` for each icon; strokes follow the text's colour."""
    symbols = "\n".join(_symbol(name) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def _symbol(name: str) -> str:
    drawing = (PACKAGES / f"@tabler/icons/icons/outline/{name}.svg").read_text(encoding="utf-8")
    found = DRAWING.search(drawing)
    if found is None:
        raise ValueError(f"{name}.svg holds no drawing")
    shapes = " ".join(BACKGROUND.sub("", found["shapes"]).split())
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
    )


if __name__ == "__main__":
    main()
