"""`comptoir replay`: real sales, entered on every channel and brought to their end."""

from app.cli.replay.command import replay

__all__ = ["replay"]
