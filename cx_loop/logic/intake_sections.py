"""Sources and words, as configuration as code has them."""

from cx_loop.logic.answers.faults import DIRECTIONS, TARGETS
from cx_loop.logic.configuration.blocks import Block, Key
from cx_loop.logic.configuration.many import Either, ListOf, TableOf
from cx_loop.logic.configuration.shapes import (
    Between,
    Choice,
    Number,
    Ref,
    Secret,
    Slug,
    Text,
    Written,
)
from cx_loop.logic.configuration.tree import Node
from cx_loop.logic.hook_signatures import CHOICES
from cx_loop.logic.voice.origins import ORIGINS
from cx_loop.logic.voice.words import CATEGORIES, LONGEST, MEANINGS


def _is_number(node: Node) -> bool:
    return isinstance(node.content, int | float) and not isinstance(node.content, bool)


ENTRY = Block(
    "field of a mapping",
    (
        Key("field", Text("name or path of the tool's field", longest=300), default="none"),
        Key("constant", Text(longest=80), default="none"),
        Key("to", Choice(TARGETS), default="metric"),
        Key("metric", Ref("metric"), default="none"),
        Key("touchpoint", Ref("touchpoint"), default="none"),
        Key("stage", Ref("stage"), default="none"),
        Key("journey", Ref("journey"), default="none"),
        Key("scale", ListOf(Number(), unique=False), default="none; a bounded metric needs it"),
        Key("direction", Choice(DIRECTIONS), default="none; a bounded metric needs it"),
        Key("values", TableOf(Written("number, or key")), default="none"),
        Key("survey", Text(longest=150), default="all surveys of the source"),
        Key(
            "exposure",
            Either(Text(longest=300), Number(above=0), _is_number),
            default="none; a rate needs it: out of how many, a field or a number",
        ),
    ),
)
SIGNATURE = Block(
    "signature",
    (
        Key("scheme", Choice(tuple(CHOICES)), required=True),
        Key("header", Text(longest=80), default="none"),
        Key("prefix", Text(longest=40), default="none"),
        Key("members", ListOf(Text(longest=80), unique=False), default="none"),
    ),
)
OPTIONS = Block(
    "source's options",
    (
        Key("timezone", Text("time zone"), default="the tool's, else the organization's"),
        Key("partial", Choice(("count", "wait")), default="as the tool means it"),
        Key("expected_every", Between(1, 10_000), default="learnt from what came"),
        Key("signature", SIGNATURE, default="the tool's own"),
        Key("items", Text("path of a list of responses", longest=300), default="none"),
        Key("api", Text("address of the tool's API", longest=300), default="the tool's own"),
        Key("user", Text(), default="none"),
        Key("survey", Between(1, 10**9), default="none"),
        Key("kind", Choice(ORIGINS), default="survey"),
        Key("a_day", Between(1, 1_000_000), default="as the tool allows"),
    ),
)
SOURCE = Block(
    "source",
    (
        Key("key", Slug(), required=True),
        Key("tool", Slug(longest=40), default="api"),
        Key("secret", Secret(), default="none"),
        Key("token", Secret(), default="none"),
        Key("mapping", ListOf(ENTRY), default="[]"),
        Key("options", OPTIONS, default="none"),
    ),
)
WORD = Block(
    "word",
    (
        Key("text", Text("word as customers write it, lower case", longest=LONGEST), required=True),
        Key("meaning", Choice((*MEANINGS, "out")), required=True),
        Key("category", Choice(CATEGORIES), default="none"),
    ),
)
