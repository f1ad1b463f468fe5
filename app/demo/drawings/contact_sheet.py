"""Every picture on one sheet: `python -m app.demo.drawings.contact_sheet docs/contact-sheet.png`.

Look at it after each change: whatever a stranger cannot name in a second is drawn anew.
"""

import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from app.demo.drawings.objects import DRAWINGS, draw
from app.demo.drawings.stand_in import draw_stand_in

BROWSER: Final = "/usr/bin/chromium-headless-shell"
COLUMNS: Final = 8
PICTURE_PX: Final = 200
GAP_PX: Final = 8
IMPORTED: Final = (
    ("Tente 2 places", "Loisirs"),
    ("Set de 6 verres à eau transparents 27 cl", "cuisine"),
    ("Guirlande lumineuse d'extérieur 10 m à énergie solaire, 50 ampoules blanc chaud", "jardin"),
    ("Ruban", None),
)
"""Names and categories as other retailers give them, for the stand-in."""


def every_picture() -> list[str]:
    """Return every drawing in the order of the catalogue, then some stand-ins, as SVG."""
    skus = [
        f"{article}-{option}".rstrip("-")
        for article, drawing in DRAWINGS.items()
        for option in drawing.paints
    ]
    return [*map(draw, skus), *(draw_stand_in(name, category) for name, category in IMPORTED)]


def photograph(target: Path, pictures: list[str], *, columns: int, picture_px: int) -> None:
    """Have a PNG of these pictures side by side, made by the installed Chromium."""
    rows = -(-len(pictures) // columns)
    step = picture_px + GAP_PX
    images = "".join(
        f'<img width="{picture_px}" height="{picture_px}" alt=""'
        f' src="data:image/svg+xml;base64,{b64encode(picture.encode()).decode()}">'
        for picture in pictures
    )
    style = f"display:grid;grid-template-columns:repeat({columns},{picture_px}px);gap:{GAP_PX}px"
    with TemporaryDirectory() as folder:
        page = Path(folder) / "sheet.html"
        page.write_text(f'<body style="margin:{GAP_PX}px;{style}">{images}')
        subprocess.run(  # noqa: S603 (our own page, no shell)
            [
                BROWSER,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--window-size={columns * step + GAP_PX},{rows * step + GAP_PX}",
                f"--screenshot={target.resolve()}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )


if __name__ == "__main__":
    photograph(Path(sys.argv[1]), every_picture(), columns=COLUMNS, picture_px=PICTURE_PX)
