"""English sentences that can be said in another language later, where the reader is known.

`logic/` knows no reader. What it refuses is a `Sentence`: plain English text for a terminal, which
keeps the template it was made from, so that a page can translate it (`cx_loop/ui/sentences.py`).
"""

STOPS = ".。"


class Sentence(str):
    """`template` in the catalog of messages, `values` its slots, some of them sentences too."""

    __slots__ = ("is_inner", "template", "values")

    template: str
    values: dict[str, object]
    is_inner: bool

    def __str__(self) -> str:
        # otherwise str(error) would give back the text alone, and nobody could translate it
        return self


def sentence(template: str, /, **values: object) -> Sentence:
    """The English text of a template such as "{word!r} is not a key." with its values."""
    return _made(template, values, is_inner=False)


def inner(text: str) -> str:
    """The same without its full stop, to stand inside another sentence."""
    if not isinstance(text, Sentence):
        return text.rstrip(STOPS)
    return _made(text.template, text.values, is_inner=True)


def _made(template: str, values: dict[str, object], *, is_inner: bool) -> Sentence:
    text = template.format(**values) if values else template
    made = Sentence(text.rstrip(STOPS) if is_inner else text)
    made.template, made.values, made.is_inner = template, values, is_inner
    return made
