"""Who is named in a comment: @ and a name, an e-mail address, or what stands before its @."""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import islice

# an address in running text names nobody: ana@example.com; Chinese may stand right before the @
LONGEST = 320  # characters looked at behind an @: an address has at most 254
MOST = 50  # of one comment; otherwise ten thousand of @ would be held against everybody
OFFERED = 8  # at once: more is a list to search, not to choose from
_AT = re.compile(r"(?<![A-Za-z0-9_.+-])@")


def is_naming(text: str) -> bool:
    """Whether it is worth asking who could be meant."""
    return _AT.search(text) is not None


def mentioned(text: str, people: Mapping[int, tuple[str, str]]) -> list[int]:
    """Keys of those named, in the order of the text.

    people: key -> (name, e-mail address). The longest that fits is meant: "@Ana Lin" is not Ana.
    A name that two people have names neither; their addresses do.
    """
    known = _names(people)
    longest = sorted(known, key=len, reverse=True)
    found: dict[int, None] = {}
    folded = text.casefold()
    for at in islice(_AT.finditer(folded), MOST):
        rest = folded[at.end() : at.end() + LONGEST]
        fits = next((name for name in longest if _stands(name, rest)), None)
        if fits is not None:
            found.setdefault(known[fits])
    return list(found)


def offered(
    typed: str, people: Mapping[int, tuple[str, str]], most: int = OFFERED
) -> list[tuple[int, str]]:
    """Who may be meant by what was typed behind an @: (key, what names exactly that person).

    A name, a word of it or an address that begins so comes before a name that has it inside.
    """
    wanted, known = typed.strip().casefold(), _names(people)
    found = [
        (rank, (name or email).casefold(), key)
        for key, (name, email) in people.items()
        if (rank := _nearness(wanted, name.casefold(), email.casefold())) is not None
    ]
    return [(key, _sure(key, people[key], known)) for _rank, _name, key in sorted(found)[:most]]


def _nearness(wanted: str, name: str, email: str) -> int | None:
    if any(word.startswith(wanted) for word in (name, email, *name.split())):
        return 0
    return 1 if wanted in name else None


def _sure(key: int, person: tuple[str, str], known: Mapping[str, int]) -> str:
    """The name, unless another has it too; then what stands before the @, then the address."""
    name, email = person
    sayings = (name, email.partition("@")[0])
    return next((said for said in sayings if known.get(said.casefold()) == key), email)


def _names(people: Mapping[int, tuple[str, str]]) -> dict[str, int]:
    said = [
        (word, key)
        for key, (name, email) in people.items()
        for word in {name.casefold(), email.partition("@")[0].casefold()}
        if word.strip()
    ]
    times = Counter(word for word, _ in said)
    addresses = {email.casefold(): key for key, (_, email) in people.items()}
    return {word: key for word, key in said if times[word] == 1} | addresses


def _stands(name: str, rest: str) -> bool:
    """Whether the whole name stands there; Chinese has no spaces, so behind it words may go on."""
    if not rest.startswith(name):
        return False
    after = rest[len(name) : len(name) + 1]
    if not after or not (after.isalnum() or after == "_"):
        # "@ana." ends a sentence, "@ana.li@example.com" is somebody else
        return not re.match(r"[.+-]*\w+[\w.+-]*@|@\w|[+-]\w", rest[len(name) :])
    return not name[-1].isascii() or not after.isascii()
