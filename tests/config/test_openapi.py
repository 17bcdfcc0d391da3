"""The OpenAPI document: complete, without warnings, and the one the service serves."""

from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from tasks.logic import lifecycle


def document():
    return SchemaGenerator().get_schema(request=None, public=True)


def test_it_builds_without_a_warning():
    GENERATOR_STATS.reset()
    validate_schema(document())
    said = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
    assert not said


def test_every_call_of_the_table_of_states_has_an_address():
    calls = {call for call in lifecycle.TABLE if call != "verdict"}
    paths = document()["paths"]
    assert not {c for c in calls if f"/api/v1/tasks/{{number}}/{c}/" not in paths}


def test_every_write_says_what_it_refuses():
    said = {path: ways["post"] for path, ways in document()["paths"].items() if "post" in ways}
    refusals = {"400", "401", "403"}
    assert not [path for path, post in said.items() if not refusals <= {*post["responses"]}]
