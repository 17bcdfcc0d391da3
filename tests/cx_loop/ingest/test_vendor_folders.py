"""Each survey tool is a folder of the same shape, with a page for who connects it."""

from pathlib import Path

import pytest

from cx_loop.ingest import vendors
from cx_loop.ingest.vendors.tools import ADAPTERS

HEADINGS = ("## What it sends", "## Connect in five minutes", "## Signature", "## Limits")


@pytest.mark.parametrize("key", ADAPTERS)
def test_a_tool_says_how_it_is_connected(key):
    folder = Path(vendors.__path__[0]) / key.replace("-", "_")
    assert (folder / "adapter.py").is_file()
    told = (folder / "README.md").read_text("utf-8")
    assert [heading for heading in HEADINGS if heading not in told] == []
