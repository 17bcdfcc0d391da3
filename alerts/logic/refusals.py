"""How a rule is refused: the field it is about, and a sentence that carries the fix."""

from cx_loop.logic.sentences import sentence


class SpecError(ValueError):
    """A rule that cannot mean anything, or never what its author wants.

    `field` is the dotted path inside the rule (`critical.recover`). `template` with its
    `params` is the sentence before formatting, so that a page can translate it; `message`
    is the same sentence in English.
    """

    def __init__(self, field: str, template: str, **params: object) -> None:
        self.field = field
        self.template = template
        self.params = params
        self.message = sentence(template, **params)
        super().__init__(f"{field}: {self.message}")
