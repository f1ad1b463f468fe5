"""The pictures of the demonstration: objects drawn once by code, in every colourway sold."""

from app.demo.drawings.objects import draw
from app.demo.drawings.stand_in import draw_stand_in

__all__ = ["draw", "draw_stand_in"]
