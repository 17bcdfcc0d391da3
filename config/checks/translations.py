"""Everything a page can say exists in 简体中文, and the compiled catalog is the written one."""

import re
from collections.abc import Iterator

import django

from config.checks.messages import MO, PO, compiled, is_whole, read_catalog, sources, used
from config.launch import ROOT

# inside one no message is found, so it would never be translated
IN_F_STRING = re.compile(r"""\bf["'].*\{n?p?(?:_|gettext)\(['"]""")


def problems() -> list[str]:
    """One line for each message that is absent, fuzzy, untranslated or breaks its placeholders."""
    catalog = read_catalog()
    found = []
    for (message, context), where in used().items():
        entry = catalog.get(message, context)
        if entry is None:
            found.append(f"{where}: not in the catalog: {message!r}")
        elif entry.fuzzy or not is_whole(entry.string):
            found.append(f"{where}: not translated: {message!r}")
    found += _hidden()
    for entry, errors in catalog.check():
        found += [f"{PO.relative_to(ROOT)}: {entry.id!r}: {error}" for error in errors]
    if not MO.exists() or MO.read_bytes() != compiled(catalog):
        found.append(f"{MO.relative_to(ROOT)}: not what the .po says")
    if found:
        found.append("`python manage.py messages` gathers and compiles; the words are yours")
    return found


def _hidden() -> Iterator[str]:
    """Messages inside f-strings."""
    for path, source in sources():
        for number, line in enumerate(source.decode().splitlines(), start=1):
            if path.suffix == ".py" and IN_F_STRING.search(line):
                yield f"{path.relative_to(ROOT)}:{number}: take the message out of the f-string"


def main() -> int:
    django.setup()
    found = problems()
    print("\n".join(found) or "complete")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
