"""What a view may answer with."""

from werkzeug.wrappers import Response

Shown = str | Response | tuple[str, int]
"""A page, a redirect, or a page with another status than 200."""
