"""YAML 1.2 into a tree of nodes that know their lines; what YAML itself gets wrong is refused."""

from collections.abc import Mapping
from math import inf, isfinite, nan
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from cx_loop.logic.configuration.shapes import VARIABLE
from cx_loop.logic.configuration.tree import Node, Report, Scalar

DEEPEST, MOST_NODES, LARGEST = 40, 200_000, 5 * 1024 * 1024
STANDARD = "tag:yaml.org,2002:"
WORDS = {"true": True, "false": False}
FLOATS = {".inf": inf, "+.inf": inf, "-.inf": -inf, ".nan": nan}
SECRETS = ("sources.secret",)


def read_text(path: Path, report: Report) -> str:
    """The text of the file; "" with a refusal when there is none to be had."""
    nowhere = Node(None, 1)
    try:
        if path.stat().st_size > LARGEST:
            report.refuse(nowhere, "The file is larger than 5 MiB. Is it a configuration?")
            return ""
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        report.refuse(Node(None, line), "This is not UTF-8 text. Save the file as UTF-8.")
    except IsADirectoryError:
        report.refuse(nowhere, "This is a folder. Name the YAML file in it.")
    except OSError as problem:
        report.refuse(
            nowhere,
            "The file cannot be read: {strerror}. Check its path.",
            strerror=problem.strerror,
        )
    return ""


def parse(text: str, environment: Mapping[str, str], report: Report) -> Node | None:
    """The tree of a file's text; None when it is no YAML mapping, with the refusal in the report.

    `${NAME}` is replaced from `environment` where a secret stands, and nowhere else.
    """
    try:
        root = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark is not None else 1
        report.refuse(Node(None, line), _syntax_sentence(problem, text, line))
        return None
    except (YAMLError, RecursionError) as problem:
        said = str(problem).splitlines()[0] if str(problem) else "nested too deeply"
        report.refuse(Node(None, 1), "This is not YAML: {said}. Take it out.", said=said)
        return None
    if root is None:
        report.refuse(Node(None, 1), "The file is empty. Start with a section such as rules:.")
        return None
    try:
        tree = _Builder(report, environment).build(root, "", 0)
    except _Endless as problem:
        report.refuse(Node(None, problem.line), "This is repeated without end. Write it out.")
        return None
    if not isinstance(tree.content, dict):
        report.refuse(tree, "The file is not a mapping. Start with a section such as rules:.")
        return None
    return tree


def _syntax_sentence(problem: MarkedYAMLError, text: str, line: int) -> str:
    lines = text.splitlines()
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    if written.lstrip(" ").startswith("\t"):
        return "A tab indents this line, which YAML does not allow. Use spaces."
    if "another document" in str(problem.problem):
        return "A second document begins here. Keep everything in one, without '---' between."
    return f"This is not YAML: {problem.problem}. Look here and at the line above."


class _Endless(Exception):
    """Nested too deep or repeated too often."""

    def __init__(self, line: int) -> None:
        self.line = line


class _Builder:
    """Nodes of the YAML library into ours, counting them: aliases can multiply without end."""

    def __init__(self, report: Report, environment: Mapping[str, str]) -> None:
        self._report = report
        self._environment = environment
        self._built = 0

    def build(self, node: Any, path: str, depth: int) -> Node:
        line = node.start_mark.line + 1
        self._built += 1
        if depth > DEEPEST or self._built > MOST_NODES:
            raise _Endless(line)
        if not str(node.tag).startswith(STANDARD):
            refused = Node(None, line, path)
            self._report.refuse(
                refused, "The tag {tag} means nothing here. Take it out.", tag=node.tag
            )
            return refused
        if isinstance(node, MappingNode):
            return Node(self._fields(node, path, depth), line, path)
        if isinstance(node, SequenceNode):
            return Node([self.build(item, path, depth + 1) for item in node.value], line, path)
        return self._scalar(node, path, line)

    def _fields(self, node: Any, path: str, depth: int) -> dict[str, Node]:
        fields: dict[str, Node] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                self._report.refuse(Node(None, line), "A key is a word, not a list or mapping.")
                continue
            name = str(key.value)
            self._check_text(Node(name, line, path), name)
            if name in fields:
                self._report.refuse(
                    Node(None, line),
                    "{name!r} stands twice here, first on line {line}. Keep one of them.",
                    name=name,
                    line=fields[name].line,
                )
                continue
            below = f"{path}.{name}" if path else name
            built = self.build(value, below, depth + 1)
            # the line of the key, otherwise a block would be found a line too low
            fields[name] = Node(built.content, line, below)
        return fields

    def _scalar(self, node: Any, path: str, line: int) -> Node:
        text = str(node.value)
        found = Node(_value(str(node.tag), text), line, path)
        if isinstance(found.content, float) and not isfinite(found.content):
            self._report.refuse(
                found, "{text} is no number to reckon with. Write a finite one.", text=text
            )
        self._check_text(found, text)
        if path in SECRETS and isinstance(found.content, str):
            return self._with_variables(found, text)
        return found

    def _check_text(self, node: Node, text: str) -> None:
        """Refuse what a database cannot keep: NUL, and halves of characters."""
        if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            self._report.refuse(node, "This holds a character that is none. Take it out.")

    def _with_variables(self, node: Node, text: str) -> Node:
        missing = [name for name in VARIABLE.findall(text) if not self._environment.get(name)]
        for name in missing:
            self._report.refuse(
                node, "The environment has no {name}. Set it and run this again.", name=name
            )
        if missing:
            return node
        filled = VARIABLE.sub(lambda found: self._environment[found[1]], text)
        return Node(filled, node.line, node.path)


def _value(tag: str, text: str) -> Scalar:
    kind = tag.removeprefix(STANDARD)
    if kind == "null":
        return None
    if kind == "bool":
        return WORDS.get(text.lower(), text)
    if kind == "int" and len(text) < 100:
        plain = text.replace("_", "")
        return int(plain, 0) if plain.lstrip("+-")[:2].lower() in ("0o", "0x", "0b") else int(plain)
    if kind == "float":
        return FLOATS[text.lower()] if text.lower() in FLOATS else float(text.replace("_", ""))
    return text
