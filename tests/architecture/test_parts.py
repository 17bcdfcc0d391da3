"""Each part that htmx swaps equals what a full reload shows.

Most are cut out of the full page by the browser (hx-select) and so are equal by construction, as
long as no view answers htmx otherwise. Those that do are held against their page by a test each.
"""

import re
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
ELEMENT = re.compile(r"""<[^>]*\bhx-(?:get|post|boost)=(?:[^>"']|"[^"]*"|'[^']*')*>""")
JOURNEYS = "tests.cx_loop.web.test_journeys", "test_the_touchpoint_beside_is_the_same"
QUEUE = "tests.tasks.web.test_queue", "test_the_part_htmx_swaps_is_what_a_full_page_shows"
STEPS = "tests.tasks.web.test_checklist", "test_the_part_htmx_swaps_is_what_a_full_page_shows"
# what is swapped without being cut out of a page -> the test that holds it against the page
SWAPPED = {
    "cx_loop/templates/cx_loop/journeys/table.html": JOURNEYS,
    "cx_loop/templates/cx_loop/journeys/side.html": JOURNEYS,
    "cx_loop/templates/cx_loop/parts/progress.html": (
        "tests.cx_loop.web.test_frame",
        "test_loading_shows_how_far_it_is",
    ),
    "tasks/templates/tasks/queue.html": QUEUE,
}
# views that answer htmx otherwise
ANSWERS = {
    "cx_loop/web/journeys.py": JOURNEYS,
    # reloads the page when the work it shows is over
    "cx_loop/web/source_files.py": ("tests.cx_loop.web.test_source_files", ""),
    "cx_loop/web/login.py": ("tests.cx_loop.web.test_second_factor", ""),  # goes to the log-in
    "tasks/web/checklist.py": STEPS,
    "tasks/web/mentions.py": ("tests.tasks.web.test_mentions", ""),  # options of a list
    "tasks/web/queue.py": QUEUE,
}


def test_what_is_swapped_is_cut_out_of_the_page_or_held_against_it() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in ROOT.glob("*/templates/**/*.html")
        for element in ELEMENT.findall(path.read_text("utf-8"))
        if "hx-select=" not in element and 'hx-boost="false"' not in element
    }
    assert found == set(SWAPPED)


def test_no_other_view_answers_htmx_otherwise() -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in ("cx_loop", "alerts", "tasks", "config")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"request\.htmx|HX-Request\"\)", path.read_text("utf-8"))
    }
    assert found == set(ANSWERS)


def test_the_tests_that_hold_them_are_there() -> None:
    for module, name in {*SWAPPED.values(), *ANSWERS.values()}:
        tests = import_module(module)
        assert any(each.startswith(name or "test_") for each in vars(tests)), (module, name)
