"""Every template compiles: a misspelt tag is found here, not by the first visitor."""

from pathlib import Path

import django
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from config.launch import ROOT

PACKAGES = ("cx_loop", "alerts", "tasks", "config")


def template_files() -> list[Path]:
    """Template files of all packages, sorted."""
    found = {p for name in PACKAGES for p in (ROOT / name).glob("**/templates/**/*")}
    return sorted(p for p in found if p.suffix in {".html", ".txt", ".xml", ".svg"})


def problems() -> list[str]:
    """One line for each template that does not compile or is hidden by another of its name."""
    found = []
    for path in template_files():
        shown = path.relative_to(ROOT)
        name = shown.as_posix().rpartition("/templates/")[2]
        try:
            used = Path(str(get_template(name).template.origin))  # type: ignore[attr-defined]
        except (TemplateSyntaxError, TemplateDoesNotExist) as error:
            found.append(f"{shown}: {error}")
            continue
        if used != path:
            found.append(f"{shown}: hidden by {used}")
    return found


def main() -> int:
    django.setup()
    found = problems()
    print("\n".join(found) or f"{len(template_files())} templates")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
