"""import-linter sees imports; names inside strings are seen here."""

import re

import pytest

from config.launch import ROOT

ABOVE = {
    "cx_loop": ("alerts", "tasks", "config"),
    "alerts": ("tasks", "config"),
    "tasks": ("config",),
}
PYTHON = [
    r"""(?:ForeignKey|OneToOneField|ManyToManyField|get_model)\(\s*["']{name}\.""",
    r"""(?:reverse|reverse_lazy|redirect)\(\s*["']{name}:""",
    r"""["']{name}/[\w/]+\.(?:html|txt)["']""",
    r"""import_module\(\s*["']{name}\b""",
]
TEMPLATE = [
    r"""{{%\s*url\s+["']{name}:""",
    r"""{{%\s*(?:include|extends)\s+["']{name}/""",
    r"""{{%\s*load\s+[^%]*\b{name}\b""",
]


def pointing_up(package, text, patterns):
    """Parts of a source of `package` that name a package above it."""
    return [
        match[0]
        for name in ABOVE[package]
        for pattern in patterns
        for match in re.finditer(pattern.format(name=name), text)
    ]


def offenders(package, suffixes, patterns):
    """File -> what it says, for every file of the package that points up."""
    files = (p for p in (ROOT / package).rglob("*") if p.suffix in suffixes)
    said = {p: pointing_up(package, p.read_text("utf-8"), patterns) for p in files}
    return {str(path.relative_to(ROOT)): up for path, up in said.items() if up}


@pytest.mark.parametrize("package", ABOVE)
def test_no_string_of_python_names_a_package_above(package):
    assert not offenders(package, {".py"}, PYTHON)


@pytest.mark.parametrize("package", ABOVE)
def test_no_template_names_a_package_above(package):
    assert not offenders(package, {".html", ".txt"}, TEMPLATE)


@pytest.mark.parametrize(
    ("package", "text", "patterns"),
    [
        ("alerts", 'models.ForeignKey("tasks.Task", models.CASCADE)', PYTHON),
        ("alerts", "reverse('tasks:task', args=[1])", PYTHON),
        ("cx_loop", 'render(request, "alerts/list.html")', PYTHON),
        ("cx_loop", "<a href=\"{% url 'tasks:task' 1 %}\">", TEMPLATE),
        ("alerts", '{% include "tasks/_row.html" %}', TEMPLATE),
    ],
)
def test_a_string_that_points_up_is_seen(package, text, patterns):
    assert pointing_up(package, text, patterns)


def test_a_string_that_points_down_is_allowed():
    assert not pointing_up("tasks", 'models.ForeignKey("alerts.Alert", models.CASCADE)', PYTHON)
    assert not pointing_up("tasks", '{% extends "cx_loop/base.html" %}', TEMPLATE)
