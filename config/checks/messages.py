"""`manage.py messages`: what the pages say, gathered into the catalog of 简体中文."""

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from config.checks.templates import PACKAGES, template_files
from config.launch import ROOT

FOLDER = ROOT / "cx_loop/locale/zh_Hans/LC_MESSAGES"
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"
KEYWORDS = {
    # what `logic/` says in English, for pages to translate
    **{"sentence": None, "refuse": (2,)},
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
Key = tuple[str | tuple[str, str], str | None]  # message (or singular and plural), context


def used() -> dict[Key, str]:
    """Every message of templates and Python, with the file that uses it first."""
    found: dict[Key, str] = {}
    for path, source in sources():
        for _, message, _, context in extract("python", io.BytesIO(source), KEYWORDS):
            if message:
                key = (message if isinstance(message, str) else (message[0], message[1]), context)
                found.setdefault(key, path.relative_to(ROOT).as_posix())
    return found


def sources() -> Iterator[tuple[Path, bytes]]:
    for name in PACKAGES:
        for path in sorted((ROOT / name).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_bytes()
    for path in template_files():
        as_python = templatize(path.read_text("utf-8"), origin=str(path))
        # it keeps the template's indentation, which Python would take for its own
        yield path, re.sub(r"^[ \t]+", "", as_python, flags=re.M).encode()


def read_catalog() -> Catalog:
    """The catalog as it is committed, empty when there is none yet."""
    if not PO.exists():
        return Catalog("zh_Hans", "django", header_comment="# CX Loop, 简体中文", fuzzy=False)
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain="django")


def compiled(catalog: Catalog) -> bytes:
    written = io.BytesIO()
    write_mo(written, catalog)
    return written.getvalue()


def main(arguments: list[str]) -> int:
    """Add what is missing, put unused aside (it comes back with its words), sort, compile."""
    if not settings.configured:
        settings.configure(USE_I18N=False)  # templates are read, not rendered
        django.setup()
    catalog, wanted = read_catalog(), used()
    added = [key for key in wanted if catalog.get(*key) is None]
    for message, context in added:
        before = catalog.obsolete.pop(_first(message), None)
        catalog.add(message, before.string if before else None, context=context)
    unused = [m for m in catalog if m.id and _key(m.id, m.context) not in wanted]
    for entry in unused:
        catalog.delete(entry.id, entry.context)
        catalog.obsolete[_first(entry.id)] = entry
    FOLDER.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalog, width=100, no_location=True, sort_output=True)
    MO.write_bytes(compiled(read_catalog()))
    open_ones = sum(1 for m in catalog if m.id and (not is_whole(m.string) or m.fuzzy))
    print(f"{len(added)} added, {len(unused)} put aside, {open_ones} to be translated in {PO}")
    return 0


def _key(message: object, context: str | None) -> object:
    return (tuple(message) if isinstance(message, list | tuple) else message, context)


def _first(message: str | Sequence[str]) -> str:
    return message if isinstance(message, str) else message[0]


def is_whole(translation: object) -> bool:
    """Whether all forms of a translation are there."""
    return all(translation) if isinstance(translation, list | tuple) else bool(translation)
