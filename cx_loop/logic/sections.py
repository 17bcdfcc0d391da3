"""The sections of configuration as code that this package applies."""

from cx_loop.logic.answers.faults import DIRECTIONS
from cx_loop.logic.bins import KINDS
from cx_loop.logic.blueprint import LANES
from cx_loop.logic.configuration.blocks import Block, Key
from cx_loop.logic.configuration.many import Either, ListOf, TableOf
from cx_loop.logic.configuration.shapes import (
    Between,
    Choice,
    Email,
    Flag,
    Name,
    Notify,
    Number,
    Ref,
    Slug,
    Text,
    Written,
)
from cx_loop.logic.configuration.tree import Node
from cx_loop.logic.intake_sections import SOURCE, WORD
from cx_loop.logic.moments import READINGS, TYPES
from cx_loop.logic.voice.words import SHARES

ROLES = ("analyst", "admin")


def _is_mapping(node: Node) -> bool:
    return isinstance(node.content, dict)


ORGANIZATION = Block(
    "organization",
    (
        Key("name", Name(), required=True),
        Key("timezone", Text("time zone such as Asia/Shanghai"), default="UTC"),
        Key("languages", ListOf(Text("language code")), default="[en]"),
    ),
)
PERSON = Block(
    "person",
    (
        Key("email", Email(), required=True),
        Key("name", Text(longest=120), default="shown by e-mail address"),
        Key("language", Text("language code"), default="the organization's first"),
        Key("roles", ListOf(Choice(ROLES)), default="none"),
    ),
)
SPECIAL_DAY = Block(
    "special day",
    (
        Key("from", Text("date such as 2026-10-01"), required=True),
        Key("to", Text("date, the last of them"), default="the same day"),
        Key("hours", Text("off, made-up or shifts such as 09:00-12:00"), default="off"),
        Key("name", Name(), default="none"),
    ),
)
CALENDAR = Block(
    "calendar",
    (
        Key("timezone", Text("time zone"), default="the organization's"),
        Key("hours", TableOf(Text("shifts such as 09:00-18:00")), default="round the clock"),
        Key("holidays", Text("country such as CN or DE-BY"), default="none kept"),
        Key("special_days", ListOf(SPECIAL_DAY), default="none"),
    ),
)
DEPARTMENT = Block(
    "department",
    (
        Key("key", Slug(), required=True),
        Key("name", Name(), default="the key"),
        Key("parent", Ref("department"), default="none"),
        Key("lead", Email(), default="none"),
        Key("director", Email(), default="none"),
        Key("members", ListOf(Email()), default="none"),
        Key("duties", TableOf(ListOf(Email()), key=Slug()), default="none"),
        Key("calendar", CALENDAR, default="round the clock"),
        Key("notify", ListOf(Notify()), default="[email]"),
        Key("assign", Choice(("none", "round_robin", "least_loaded")), default="none"),
    ),
)
METRIC = Block(
    "metric",
    (
        Key("key", Slug(), required=True),
        Key("name", Name(), default="the key"),
        Key("kind", Choice(tuple(sorted(KINDS))), required=True),
        Key(
            "scale",
            ListOf(Number(), unique=False),
            default="csat [1, 5], nps [0, 10], ces [1, 7]; a score needs one",
        ),
        Key("step", Number(above=0), default="1"),
        Key("unit", Text(longest=20), default="none"),
        Key(
            "direction",
            Choice(DIRECTIONS),
            default="lower_is_better for duration, count and rate, else higher_is_better",
        ),
        Key("comments", Choice(SHARES), default="none"),
    ),
)
SEGMENT = Block(
    "segment",
    (
        Key("key", Slug(), required=True),
        Key("name", Name(), default="the key"),
        Key("weight", Number(above=0), default="1"),
        Key("expectation", Between(0, 5), default="that of moments"),
    ),
)
SAID = (
    Key("key", Text("word as observations write it", longest=80), required=True),
    Key("name", Name(), default="the key"),
)
CHANNEL = Block("channel", SAID)
LOCATION = Block("location", SAID)
STANDARD = Block(
    "standard",
    (
        Key("key", Slug(longest=160), default="touchpoint-metric"),
        Key("text", Name(), required=True),
        Key("metric", Ref("metric"), default="none"),
        Key("target", Number(), default="none"),
        Key("direction", Choice(("at_most", "at_least")), default="as the metric is better"),
        Key("aggregate", Written("name, or {share_above: 30}"), default="by kind of metric"),
        Key("window", Written("length of time"), default="7d"),
    ),
)
BLUEPRINT = Block("blueprint", tuple(Key(lane, Name(), default="none") for lane in LANES))
TOUCHPOINT = Block(
    "touchpoint",
    (
        Key("key", Slug(), required=True),
        Key("name", Name(), default="the key"),
        Key("owner", Ref("department"), required=True),
        Key("support", ListOf(Ref("department")), default="none"),
        Key("channels", ListOf(Text(longest=80)), default="none"),
        Key("front_stage", Flag(), default="true"),
        Key("moment_of_truth", Flag(), default="false"),
        Key("moment_type", Choice(TYPES), default="none"),
        Key(
            "expectation",
            Either(Between(0, 5), TableOf(Between(0, 5), key=Ref("segment")), _is_mapping),
            default="the segment's",
        ),
        Key("importance", Number(above=0), default="1, as much as any other"),
        Key("goal", Between(-5, 5), default="that of moments"),
        Key("reach", Between(0, 1), default="judged by the answers"),
        Key("blueprint", BLUEPRINT, default="none"),
        Key("standards", ListOf(STANDARD), default="none"),
    ),
)
STAGE = Block(
    "stage",
    (
        Key("key", Slug(), required=True),
        Key("name", Name(), default="the key"),
        Key("touchpoints", ListOf(TOUCHPOINT), default="none"),
    ),
)
STOP = Block(
    "stop of a viewpoint",
    (
        Key("touchpoint", Ref("touchpoint"), default="one still to come: then stage and name"),
        Key("stage", Ref("stage"), default="none"),
        Key("name", Name(), default="the touchpoint's"),
        Key("felt", Between(-5, 5), default="none"),
        Key("words", Name(), default="none"),
        Key("blueprint", BLUEPRINT, default="as on the map"),
        Key("dropped", Flag(), default="false"),
    ),
)
VIEWPOINT = Block(
    "viewpoint",
    (
        Key("key", Slug(), required=True),
        Key("name", Name(), default="the key"),
        Key("who", Name(), default="none"),
        Key("to_be", Flag(), default="false"),
        Key("segment", Ref("segment"), default="everybody"),
        Key("reviewer", Email(), default="none"),
        Key("stops", ListOf(STOP), default="none"),
    ),
)
JOURNEY = Block(
    "journey",
    (
        Key("key", Slug(), required=True),
        Key("name", Name(), default="the key"),
        Key("reviewer", Email(), default="none"),
        Key("public_page", Flag(), default="false"),
        Key("stages", ListOf(STAGE), default="none"),
        Key("viewpoints", ListOf(VIEWPOINT), default="none"),
    ),
)
WEIGHT = Between(0, 100)
RECALL = Block(
    "journey weighing",
    (
        Key("peak", WEIGHT, default="0.4"),
        Key("end", WEIGHT, default="0.4"),
        Key("mean", WEIGHT, default="0.2"),
    ),
)
FACTORS = Block(
    "priority weighing",
    (
        Key("importance", WEIGHT, default="1"),
        Key("gap", WEIGHT, default="1"),
        Key("reach", WEIGHT, default="1"),
        Key("peak", WEIGHT, default="0.5"),
        Key("end", WEIGHT, default="0.5"),
    ),
)
MOMENTS = Block(
    "weighing of moments",
    (
        Key("metric", Ref("metric"), default="the first csat"),
        Key("reading", Choice(READINGS), default="mean"),
        Key("expectation_metric", Ref("metric"), default="none"),
        Key("expectation", Between(0, 5), default="3"),
        Key("decide_by", Choice(("measured", "expectation")), default="measured"),
        Key("goal", Between(-5, 5), default="2.5 of what is measured, 0 of the gap"),
        Key("neutral", Between(0, 5), default="1"),
        Key("days", Between(1, 366), default="28"),
        Key("journey", RECALL, default="as below"),
        Key("priority", FACTORS, default="as below"),
    ),
)
SECTIONS = (
    Key("organization", ORGANIZATION),
    Key("people", ListOf(PERSON)),
    Key("departments", ListOf(DEPARTMENT)),
    Key("metrics", ListOf(METRIC)),
    Key("segments", ListOf(Either(Slug(), SEGMENT, _is_mapping))),
    Key("channels", ListOf(CHANNEL)),
    Key("locations", ListOf(LOCATION)),
    Key("journeys", ListOf(JOURNEY)),
    Key("moments", MOMENTS),
    Key("sources", ListOf(SOURCE)),
    Key("words", ListOf(WORD)),
)
