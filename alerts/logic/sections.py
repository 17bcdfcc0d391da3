"""The sections of configuration as code that this package applies."""

from alerts.logic.comparisons import DIMENSIONS
from alerts.logic.playbooks import PAIN_CATEGORIES, PLAYBOOK_KINDS, STEP_TYPES
from cx_loop.logic.configuration.blocks import Block, Key
from cx_loop.logic.configuration.many import Either, ListOf, some
from cx_loop.logic.configuration.shapes import Choice, Name, Ref, Shape, Slug, Written
from cx_loop.logic.configuration.tree import Node

ALL = "all"


def _is_mapping(node: Node) -> bool:
    return isinstance(node.content, dict)


def _is_all(node: Node) -> bool:
    return isinstance(node.content, str)


STEP = Block(
    "step",
    (
        Key("text", Name(), required=True),
        Key("type", Choice(STEP_TYPES), default="correct"),
        Key("kind", Choice(PLAYBOOK_KINDS), default="the playbook's"),
        Key("within", Written("working time such as 4h"), default="with the task"),
    ),
)
FITS = Block(
    "condition",
    (
        Key("touchpoint", some(Ref("touchpoint")), default="any"),
        Key("metric", some(Ref("metric")), default="any"),
        Key("pain_category", some(Choice(PAIN_CATEGORIES)), default="any"),
    ),
)
PLAYBOOK = Block(
    "playbook",
    (
        Key("key", Slug(), required=True),
        Key("name", Name(), default="the key"),
        Key("kind", Choice(PLAYBOOK_KINDS), default="none"),
        Key("when", FITS, default="fits anywhere"),
        Key("steps", ListOf(STEP), default="none"),
    ),
)
WATCHED = Block(
    "set of touchpoints",
    (Key("journey", Ref("journey")), Key("stage", Ref("stage"))),
)
LEVEL = Block(
    "level",
    (
        Key("above", Written("number")),
        Key("below", Written("number")),
        Key("outside", Written("[a, b]")),
        Key("change_above", Written("number, or 20% of the window before")),
        Key("change_below", Written("number, or 20% of the window before")),
        Key("recover", Written("like the line"), default="the line itself"),
        Key("certain", Written("95%, 99% or point"), default="the rule's"),
    ),
)
VERSUS = Either(
    Choice(("before", "week before")),
    Block("part to compare with", tuple(Key(name, Written("text")) for name in DIMENSIONS)),
    _is_mapping,
)
VERIFY = Block(
    "verify",
    (
        Key("settle", Written("length of time"), default="3d"),
        Key("looks", Written("list of lengths of time"), default="[7d, 14d, 21d, 28d]"),
        Key("extend_to", Written("length of time"), default="56d"),
        Key("tolerance", Written("number from 0 on"), default="1"),
        Key("guardrails", ListOf(Ref("metric")), default="none"),
    ),
)
TOUCHPOINTS: Shape = Either(
    ListOf(Ref("touchpoint")),
    Either(WATCHED, Choice((ALL,)), _is_all),
    lambda node: _is_mapping(node) or _is_all(node),
)
RULE = Block(
    "rule",
    (
        Key("key", Slug(), required=True),
        Key("name", Name(), default="the key"),
        Key("metric", Ref("metric"), required=True),
        Key("touchpoints", TOUCHPOINTS, required=True),
        Key("by", Written("list of segment, channel, location"), default="none"),
        Key("max_groups", Written("whole number"), default="500"),
        Key("aggregate", Written("name, or {share_above: 30}"), default="by kind of metric"),
        Key("window", Written("5m to 90d, or this day, this week, this month"), required=True),
        Key("min_samples", Written("whole number"), default="1; 0 for count and sum"),
        Key("for", Written("whole number"), default="1"),
        Key("versus", VERSUS, default="before"),
        Key("spread", Choice(DIMENSIONS), default="none"),
        Key("warning", LEVEL, default="none; one level or drift is needed"),
        Key("critical", LEVEL, default="none; one level or drift is needed"),
        Key("praise", LEVEL, default="none"),
        Key("certain", Written("95%, 99% or point"), default="point"),
        Key("drift", Choice(("down", "up", "both")), default="none"),
        Key("no_data", Written("keep, alert, ok"), default="keep"),
        Key("expected_every", Written("length of time"), default="the window"),
        Key("keep_firing_for", Written("length of time"), default="0"),
        Key("cooldown", Written("length of time"), default="0"),
        Key("playbook", Ref("playbook"), default="none"),
        Key("verify", VERIFY, default="as below"),
    ),
)
SECTIONS = (
    Key("playbooks", ListOf(PLAYBOOK)),
    Key("rules", ListOf(RULE)),
)
