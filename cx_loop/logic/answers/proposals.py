"""What a field of a tool probably is, from its name, its kind and what was answered. A proposal is
never saved by itself: a person looks at it, and says the scale."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cx_loop.logic.answers.numbers import number_of, said
from cx_loop.logic.answers.yes_no import agreed

_NPS = re.compile(r"\bnps\b|recommend|推荐|推薦", re.IGNORECASE)
_CES = re.compile(r"\bces\b|effort|how easy|容易|费力|省力|便捷", re.IGNORECASE)
_CSAT = re.compile(r"\bcsat\b|satisf|rating|\brate\b|score|stars?\b|满意|评分|打分", re.IGNORECASE)
_WORDS = re.compile(
    r"comment|why|feedback|reason|tell us|improve|suggest|意见|建议|原因|为什么|反馈|评价",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"\be?-?mail|customer|respondent|openid|phone|\btoken\b|手机|邮箱|客户", re.IGNORECASE
)
_CONSENT = re.compile(
    r"\bmay we\b|contact (me|you)|call (me|you) back|consent|联系|回访", re.IGNORECASE
)
_TIER = re.compile(r"segment|tier|level|member|\bcard\b|等级|会员|客群", re.IGNORECASE)
_WHERE = re.compile(r"store|branch|location|airport|gate|city|门店|网点|城市|机场", re.IGNORECASE)
_WAY = re.compile(r"channel|渠道", re.IGNORECASE)
_ID = re.compile(r"(^|[._])(response_?id|submission_?id|answer_?id|id|uuid|nr)$", re.IGNORECASE)
_WHEN = re.compile(
    r"submitted|completed|created|answered|timestamp|date|(^|[._])at$|时间", re.IGNORECASE
)
_VERSION = re.compile(r"updated|modified|version|revision", re.IGNORECASE)
_A_MOMENT = re.compile(r"\d{4}[-/年]\d{1,2}[-/月]\d{1,2}|\d{10}(\d{3})?")
LONG = 25  # characters: nobody calls a tier so


@dataclass(frozen=True, slots=True)
class Seen:
    """A field as the last deliveries had it."""

    key: str
    title: str = ""
    kind: str = ""
    samples: tuple[str, ...] = ()
    count: int = 0

    @property
    def name(self) -> str:
        return f"{self.title} {self.key}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """`to` is a target of a mapping ("" for nothing), `kind` the kind of metric for a score."""

    to: str = ""
    kind: str = ""
    values: Mapping[str, str] | None = None


def propose(seen: Seen, segments: Sequence[str], *, names_responses: bool = True) -> Proposal:
    """What a field probably is. `names_responses`: the tool itself says which response it is."""
    if not names_responses and (found := _of_the_response(seen)):
        return Proposal(found)
    values = _segments(seen, segments)
    if values:
        return Proposal("segment", values=values)
    if _is_number(seen) and (kind := _kind_of_score(seen)):
        return Proposal("metric", kind)
    if _CONSENT.search(seen.name) and _is_yes_or_no(seen):
        return Proposal("contact")
    if seen.kind in ("email", "phone_number") or _WHO.search(seen.name):
        return Proposal("customer")
    for to, pattern in (("segment", _TIER), ("channel", _WAY), ("location", _WHERE)):
        if pattern.search(seen.name) and _are_short(seen) and not _is_yes_or_no(seen):
            return Proposal(to)
    if seen.kind in ("long_text", "textarea", "text") or _WORDS.search(seen.name):
        return Proposal("comment") if not _is_number(seen) else Proposal()
    return Proposal("comment") if _are_long(seen) else Proposal()


def _of_the_response(seen: Seen) -> str:
    if _ID.search(seen.key) and "answer" not in seen.key.rpartition("].")[0]:
        return "id"
    moments = seen.samples and all(_A_MOMENT.match(each) for each in seen.samples)
    if moments and _VERSION.search(seen.key):
        return "revision"
    return "occurred_at" if moments and _WHEN.search(seen.key) else ""


def _kind_of_score(seen: Seen) -> str:
    numbers = [number_of(each) or 0 for each in seen.samples]
    if seen.kind == "nps" or _NPS.search(seen.name):
        return "nps"
    if _CES.search(seen.name):
        return "ces"
    scored = seen.kind in ("opinion_scale", "rating", "linear_scale", "score", "star")
    small = all(0 <= each <= 10 for each in numbers)
    return "csat" if small and (scored or _CSAT.search(seen.name)) else ""


def _segments(seen: Seen, segments: Sequence[str]) -> dict[str, str]:
    """Which answer is which segment, when one of them says the name of one."""
    found = {}
    for each in seen.samples:
        words = set(re.split(r"\W+", said(each)))
        near = [key for key in segments if said(key) == said(each) or said(key) in words]
        if len(each) <= LONG and near:
            found[each] = near[0]
    return found


def _is_number(seen: Seen) -> bool:
    return bool(seen.samples) and all(number_of(each) is not None for each in seen.samples)


def _is_yes_or_no(seen: Seen) -> bool:
    return bool(seen.samples) and all(agreed(each) is not None for each in seen.samples)


def _are_short(seen: Seen) -> bool:
    return all(len(each) <= LONG for each in seen.samples)


def _are_long(seen: Seen) -> bool:
    return any(len(each) > LONG and " " in each.strip() for each in seen.samples)
