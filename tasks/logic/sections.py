"""The sections of configuration as code that this package applies."""

from cx_loop.logic.configuration.blocks import Block, Key
from cx_loop.logic.configuration.shapes import (
    Choice,
    Either,
    ListOf,
    Ref,
    Shape,
    Slug,
    Text,
    Written,
)
from cx_loop.logic.configuration.tree import Node
from tasks.logic.lifecycle import PAIN_CATEGORIES

SEVERITIES = ("warning", "critical")


def _is_list(node: Node) -> bool:
    return isinstance(node.content, list)


def _some(shape: Shape) -> Either:
    """One value or several."""
    return Either(shape, ListOf(shape), _is_list)


SEVERITY = Key("severity", _some(Choice(SEVERITIES)), default="any")
WHEN = Block(
    "condition",
    (
        SEVERITY,
        Key("metric", _some(Ref("metric")), default="any"),
        Key("journey", _some(Ref("journey")), default="any"),
        Key("stage", _some(Ref("stage")), default="any"),
        Key("touchpoint", _some(Ref("touchpoint")), default="any"),
        Key("segment", _some(Ref("segment")), default="any"),
        Key("channel", _some(Text(longest=80)), default="any"),
        Key("location", _some(Text(longest=80)), default="any"),
        Key("pain_category", _some(Choice(PAIN_CATEGORIES)), default="any"),
    ),
)
ROUTE = Block(
    "route",
    (
        Key("when", WHEN, default="always"),
        Key("to", Ref("department"), required=True),
        Key("role", Slug("lead, director, members, or a duty"), default="members"),
    ),
)
STEP = Block(
    "step",
    (
        Key("after", Written("working time such as 4h")),
        Key("to", Written("staff, lead, director")),
        Key("repeat", Written("working time such as 24h")),
        Key("max", Written("whole number")),
    ),
)
POLICY = Block(
    "escalation policy",
    (
        Key("key", Slug(), required=True),
        Key("when", Block("condition", (SEVERITY,)), default="always"),
        Key("respond_within", Written("working time such as 4h"), default="4h"),
        Key("resolve_within", Written("working time such as 14d"), default="14d"),
        Key("progress_within", Written("working time such as 5d"), default="until it is due"),
        Key("steps", ListOf(STEP), default="none"),
    ),
)
SECTIONS = (
    Key("routes", ListOf(ROUTE)),
    Key("escalation", ListOf(POLICY)),
)
