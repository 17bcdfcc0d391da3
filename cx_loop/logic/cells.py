"""Text that goes into a cell of a spreadsheet."""

# what a spreadsheet takes for the beginning of a formula: OWASP, "CSV Injection", and the
# full-width forms that some of them read alike
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would run it as a formula.

    Blanks in front do not help: some spreadsheets trim them first.
    """
    return f"'{text}" if text.startswith(_STARTS) or text.lstrip().startswith(_STARTS) else text
