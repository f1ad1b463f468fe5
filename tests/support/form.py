"""A page's form, as a browser without scripts would send it."""

from html import unescape
from html.parser import HTMLParser


def fields_of(page: str, action: str) -> dict[str, str]:
    """Return what the form that posts to `action` would send if nobody touched it."""
    reader = _Reader(action)
    reader.feed(page)
    assert reader.found, f"no form posts to {action}"
    return reader.fields


class _Reader(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.found = action, False, False
        self.fields: dict[str, str] = {}
        self.select = self.long = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = unescape(said.get("action", "")) == self.action
            self.found = self.found or self.inside
        if not self.inside:
            return
        if tag == "input":
            chosen = said.get("type") not in {"radio", "checkbox"} or "checked" in said
            if chosen and "name" in said:
                self.fields[said["name"]] = said.get("value", "")
        elif tag == "select":
            self.select = said.get("name", "")
        elif tag == "option" and "selected" in said:
            self.fields[self.select] = said.get("value", "")
        elif tag == "textarea":
            self.long = said.get("name", "")
            self.fields[self.long] = ""

    def handle_data(self, data: str) -> None:
        if self.inside and self.long:
            self.fields[self.long] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            self.long = ""
