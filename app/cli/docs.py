"""`comptoir docs`: writes the pages that are made from the code."""

from pathlib import Path

import click

from app.problems import HTTP_PROBLEMS, status_of
from kernel.errors import every_refusal


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def docs(folder: Path) -> None:
    """Write a page per refusal into FOLDER."""
    pages = problem_pages()
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in pages.items():
        (folder / name).write_text(page)
    for old in folder.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    click.echo(f"{len(pages)} pages in {folder}.")


def problem_pages() -> dict[str, str]:
    """Return file name and text of the page of every refusal, and of their list."""
    pages = {}
    for kind in sorted(set(every_refusal()), key=lambda each: each.code):
        if kind.way_out:
            means = " ".join((kind.__doc__ or "").split())
            pages[f"{kind.code}.md"] = _page(
                kind.code, kind.title, status_of(kind), means, kind.way_out
            )
    for status, (code, title, way_out) in HTTP_PROBLEMS.items():
        pages.setdefault(f"{code}.md", _page(code, title, status, "", way_out))
    rows = [f"- [`{name[:-3]}`]({name})" for name in sorted(pages)]
    intro = "# Problems\n\nEvery refusal of the API, by the last part of its `type` (RFC 9457).\n\n"
    return {**pages, "README.md": intro + "\n".join(rows) + "\n"}


def _page(code: str, title: str, status: int, means: str, way_out: str) -> str:
    meaning = f"{means}\n\n" if means else ""
    return f"# {title}\n\n`/problems/{code}`, HTTP {status}\n\n{meaning}**What to do.** {way_out}\n"
