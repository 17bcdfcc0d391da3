"""What this is, what the demo is, how far its loading has come; and the words."""

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cx_loop.ui.slots import demo_progress

DOCS = Path(__file__).resolve().parents[2] / "docs"
WORDS = {"zh-hans": "domain.zh-hans.md"}  # the same words, with their meanings in Chinese
Chapter = tuple[str, list[tuple[str, str, str]]]


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "cx_loop/about.html")


@require_safe
def words(request: HttpRequest) -> HttpResponse:
    """The glossary of the documents, for who asks beside a page what a word means."""
    return render(request, "cx_loop/words.html", {"chapters": _chapters(get_language() or "en")})


@never_cache
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """The part that asks again every two seconds while the demo company is being loaded."""
    now_at = demo_progress()
    page = render(request, "cx_loop/parts/progress.html", {"progress": now_at})
    if now_at is None or now_at.is_over:
        page["HX-Refresh"] = "true"  # htmx reloads the page, now with everything on it
    return page


@cache
def _chapters(language: str) -> list[Chapter]:
    """Heading -> rows (English, Chinese, meaning) of each table of three columns."""
    chapters: list[Chapter] = []
    text = (DOCS / WORDS.get(language.lower(), "domain.md")).read_text("utf-8")
    for part in text.split("\n## ")[1:]:
        heading, *lines = part.split("\n")
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        found = [(row[0], row[1], row[2].replace("`", "")) for row in cells if len(row) == 3]
        rows = [row for row in found if row[0] != "English" and not row[0].startswith("---")]
        if rows:
            chapters.append((heading, rows))
    return chapters
