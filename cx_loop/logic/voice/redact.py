"""Personal data in free text, replaced by what it was: [e-mail], [phone], [ID], [card].

A number is taken for an identity or a card only when its check digit fits, otherwise order numbers
and flight numbers would go too: ISO 7064 MOD 11-2 of Chinese identity numbers (GB 11643-1999), Luhn
of cards (ISO/IEC 7812-1), MOD 97-10 of IBANs (ISO 13616).
"""

import re
from collections.abc import Callable
from datetime import date

_DIGITS = str.maketrans("０１２３４５６７８９＠．－　", "0123456789@.- ")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_BETWEEN = r"[ \-‐-―.]?"
_LETTER = r"[A-Za-z0-9]"

_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_IBAN = re.compile(rf"(?<!{_LETTER})[A-Z]{{2}}\d{{2}}(?: ?[A-Z0-9]){{11,30}}(?!{_LETTER})")
_CHINESE_ID = re.compile(r"(?<!\d)\d{6} ?\d{8} ?\d{3}[\dXx](?![\dA-Za-z])")
_OLD_CHINESE_ID = re.compile(r"(?<!\d)\d{6} ?\d{6} ?\d{3}(?!\d)")
_CARD = re.compile(rf"(?<!\d)\d(?:{_BETWEEN}\d){{12,18}}(?!\d)")
# E, G, D, S, P or H and a digit or letter before seven or eight digits; Hong Kong, Macao, Taiwan
_PASSPORT = re.compile(
    rf"(?<!{_LETTER})(?:[EGDSPHegdsph][A-Za-z]?\d{{7,8}}|[HMhm]\d{{8,10}})(?!{_LETTER})"
)
_SOCIAL = re.compile(r"(?<!\d)(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!\d)")
_PHONES = re.compile(
    "|".join(
        [
            # a mobile number of China, with or without the country and in groups
            rf"(?<![\d.])(?:\+?86{_BETWEEN})?1[3-9]\d{_BETWEEN}\d{{4}}{_BETWEEN}\d{{4}}(?!\d)",
            # a land line with its area code, and an extension
            r"(?<!\d)\(?0(?:10|2\d|[3-9]\d{2})\)?[ \-]?[2-8]\d{6,7}(?!\d)"
            r"(?:[ \-转]+\d{1,5}(?!\d))?",
            rf"(?<!\d)[48]00{_BETWEEN}\d{{3}}{_BETWEEN}\d{{4}}(?!\d)",
            # any country, said so
            r"(?<![\d+])(?:\+|00)[1-9]\d{0,2}(?:[ \-.()]{0,2}\d){7,12}(?!\d)",
            # North America in its usual groups
            r"(?<!\d)(?:1[ \-.])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[\-. ])[2-9]\d{2}[\-. ]\d{4}(?!\d)",
        ]
    )
)
# said to be one: the name of a service, then the name there
_HANDLE = re.compile(
    r"(?i)((?:微信号?|wechat(?: id)?|weixin|vx|v信|qq号?|手机号?|电话)(?:是|[:： ])\s*)"
    r"([A-Za-z0-9][A-Za-z0-9_\-]{4,19})"
)


def redact(text: str) -> str:
    """The text without e-mail addresses, phone, identity and card numbers, and chat names."""
    plain = text.translate(_DIGITS)
    if not any(each.isdigit() for each in plain) and "@" not in plain and ":" not in plain:
        return _HANDLE.sub(r"\1[account]", text)
    found: list[tuple[int, int, str]] = []
    for pattern, name, holds in _KINDS:
        for match in pattern.finditer(plain):
            span = match.span()
            if holds(match[0]) and not any(_overlap(span, each) for each in found):
                found.append((*span, name))
    for match in _HANDLE.finditer(plain):
        span = match.span(2)
        if not any(_overlap(span, each) for each in found):
            found.append((*span, "[account]"))
    parts, at = [], 0
    for start, end, name in sorted(found):
        parts += [text[at:start], name]
        at = end
    return "".join([*parts, text[at:]])


def is_chinese_id(number: str) -> bool:
    """Eighteen characters whose date of birth exists and whose check digit fits."""
    number = number.replace(" ", "").upper()
    if len(number) != 18 or not _is_day(number[6:14]):
        return False
    total = sum(int(each) * weight for each, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == number[17]


def is_card(number: str) -> bool:
    """Thirteen to nineteen digits whose check digit fits (Luhn), other than one digit repeated."""
    digits = [int(each) for each in number if each.isdigit()]
    if len(set(digits)) < 2:
        return False
    doubled = [each * 2 - 9 * (each > 4) for each in digits[-2::-2]]
    return (sum(digits[::-2]) + sum(doubled)) % 10 == 0


def is_iban(number: str) -> bool:
    number = number.replace(" ", "")
    turned = number[4:] + number[:4]
    return int("".join(str(int(each, 36)) for each in turned)) % 97 == 1


def _is_old_chinese_id(number: str) -> bool:
    """Fifteen digits: before 1999 there was no check digit, so province and date must fit."""
    number = number.replace(" ", "")
    return 11 <= int(number[:2]) <= 82 and _is_day("19" + number[6:12])


def _is_day(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) >= date(1900, 1, 1)
    except ValueError:
        return False


def _always(found: str) -> bool:
    return True


def _overlap(span: tuple[int, int], other: tuple[int, int, str]) -> bool:
    return span[0] < other[1] and other[0] < span[1]


# in this order: what is taken for one thing is not taken for another
_KINDS: tuple[tuple[re.Pattern[str], str, Callable[[str], bool]], ...] = (
    (_EMAIL, "[e-mail]", _always),
    (_IBAN, "[card]", is_iban),
    (_CHINESE_ID, "[ID]", is_chinese_id),
    (_CARD, "[card]", is_card),
    (_OLD_CHINESE_ID, "[ID]", _is_old_chinese_id),
    (_PHONES, "[phone]", _always),
    (_PASSPORT, "[ID]", _always),
    (_SOCIAL, "[ID]", _always),
)
