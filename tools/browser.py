"""The Chromium in which pages are tried and pictured: the part of it that draws, no window."""

from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium-headless-shell")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
]
