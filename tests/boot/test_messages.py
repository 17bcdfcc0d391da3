import ast

import pytest
from babel.messages.pofile import read_po

from config.checks import messages
from config.checks.templates import PACKAGES
from config.launch import ROOT

PAGE = """{% load i18n %}
  <p title="{% translate 'Hello' context "greeting" %}">
    {% blocktranslate count c=n trimmed %}
      one thing
    {% plural %}
      {{ c }} things
    {% endblocktranslate %} it's "odd {% if a == _("a constant") %}{% endif %}
"""


@pytest.fixture
def catalog(tmp_path, monkeypatch):
    """A catalog of its own, over one template; the fixture reads it back."""
    page = tmp_path / "page.html"
    page.write_text(PAGE, "utf-8")
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "FOLDER", tmp_path)
    monkeypatch.setattr(messages, "PO", tmp_path / "django.po")
    monkeypatch.setattr(messages, "MO", tmp_path / "django.mo")
    monkeypatch.setattr(messages, "template_files", lambda: [p for p in [page] if p.exists()])
    messages.main([])
    return page


def test_everything_a_template_says_is_gathered(catalog):
    found = {(m.id, m.context) for m in messages.read_catalog() if m.id}
    assert found == {
        ("Hello", "greeting"),
        ("a constant", None),
        (("one thing", "%(c)s things"), None),
    }


def test_gathering_again_changes_nothing(catalog):
    before = messages.PO.read_bytes(), messages.MO.read_bytes()
    messages.main([])
    assert (messages.PO.read_bytes(), messages.MO.read_bytes()) == before


def test_what_is_not_said_any_more_comes_back_with_its_words(catalog):
    words = messages.PO.read_text("utf-8")
    said = words.replace('msgid "a constant"\nmsgstr ""', 'msgid "a constant"\nmsgstr "常量"')
    messages.PO.write_text(said, "utf-8")
    text = catalog.read_text("utf-8")
    catalog.write_text("", "utf-8")
    messages.main([])
    assert messages.read_catalog().get("a constant") is None
    catalog.write_text(text, "utf-8")
    messages.main([])
    with messages.PO.open("rb") as file:
        assert read_po(file).get("a constant").string == "常量"


def test_no_message_hides_in_an_f_string() -> None:
    """There it is not found by the extraction, and stays English in every language."""
    hidden = [
        f"{path.relative_to(ROOT)}:{text.lineno}"
        for name in PACKAGES
        for path in (ROOT / name).rglob("*.py")
        for text in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in {"_", *messages.KEYWORDS}
    ]
    assert hidden == []
