"""The sections of configuration as code that this package applies."""

from cx_loop.logic.configuration.blocks import Block, Key
from cx_loop.logic.configuration.many import ListOf, some
from cx_loop.logic.configuration.shapes import Choice, Name, Number, Ref, Slug, Text, Written
from tasks.logic.lifecycle import PAIN_CATEGORIES

SEVERITIES = ("warning", "critical")


SEVERITY = Key("severity", some(Choice(SEVERITIES)), default="any")
WHEN = Block(
    "condition",
    (
        SEVERITY,
        Key("metric", some(Ref("metric")), default="any"),
        Key("journey", some(Ref("journey")), default="any"),
        Key("stage", some(Ref("stage")), default="any"),
        Key("touchpoint", some(Ref("touchpoint")), default="any"),
        Key("segment", some(Ref("segment")), default="any"),
        Key("channel", some(Text(longest=80)), default="any"),
        Key("location", some(Text(longest=80)), default="any"),
        Key("pain_category", some(Choice(PAIN_CATEGORIES)), default="any"),
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
        Key("name", Name(), default="the key"),
        Key("when", Block("condition", (SEVERITY,)), default="always"),
        Key("respond_within", Written("working time such as 4h"), default="4h"),
        Key("resolve_within", Written("working time such as 14d"), default="14d"),
        Key("progress_within", Written("working time such as 5d"), default="until it is due"),
        Key("steps", ListOf(STEP), default="none"),
    ),
)
EACH = Block("line", (Key("below", Number()), Key("above", Number())))
RECOVERY = Block(
    "recovery rule",
    (
        Key("key", Slug(), required=True),
        Key("metric", Ref("metric"), required=True),
        Key("touchpoints", some(Ref("touchpoint")), default="all"),
        Key("each", EACH, required=True),
        Key("contact_within", Written("working time such as 1d"), default="1d"),
    ),
)
SECTIONS = (
    Key("recovery", ListOf(RECOVERY)),
    Key("routes", ListOf(ROUTE)),
    Key("escalation", ListOf(POLICY)),
)
