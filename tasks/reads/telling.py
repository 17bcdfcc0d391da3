"""Whom a mended task concerns: who may be told, how, and who is left out and why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from cx_loop.ingest.digests import pseudonym
from cx_loop.logic.configuration.shapes import EMAIL
from cx_loop.models import Feedback, Organization
from cx_loop.models.encryption import decrypt
from tasks.logic.outcomes import FAILED, OPTED_OUT, OUTCOMES, SENT
from tasks.logic.telling import GOOD, language_of
from tasks.models import (
    Mended,
    MessageTemplate,
    OptOut,
    Task,
    Telling,
    Told,
    Verification,
)
from tasks.reads.complained import MOST, ORIGINS, Complainer, who_complained


@dataclass(frozen=True, slots=True)
class Person:
    """A customer who may be told; `address` as they were sent, an e-mail address or what the
    survey tool calls them; `origin`: where they are known from (`complained.ORIGINS`)."""

    customer: UUID
    digest: UUID
    address: str
    language: str
    origin: str

    @property
    def has_mail(self) -> bool:
        return is_mail(self.address)


@dataclass(frozen=True, slots=True)
class Audience:
    """`left_out`: how many by why: no_consent, not_asked, opted_out, told. `since`: from when
    answers were looked at."""

    since: datetime
    people: list[Person] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    is_cut: bool = False

    @property
    def by_mail(self) -> list[Person]:
        return [each for each in self.people if each.has_mail]

    @property
    def origins(self) -> dict[str, int]:
        """How many are known from where, the nearest to the task first."""
        counted = Counter(each.origin for each in self.people)
        return {each: counted[each] for each in ORIGINS if counted[each]}

    @property
    def by_file(self) -> list[Person]:
        return [each for each in self.people if not each.has_mail]


def is_mail(address: str) -> bool:
    return len(address) <= 254 and EMAIL.fullmatch(address) is not None


def known_as(reference: str) -> set[UUID]:
    """The keyed hashes a reference may stand under: as it is written, and in small letters."""
    said = reference.strip()
    return {UUID(bytes=pseudonym(each)) for each in (said, said.lower())}


def good_verdict(task: Task) -> Verification | None:
    """The verdict by which customers may be told: effective or partially so, and still standing."""
    newest = Verification.objects.judged().filter(task=task).order_by("-decided_at", "-pk").first()
    if newest is None or newest.verdict not in GOOD:
        return None
    return newest if task.state == Task.State.CLOSED else None


def audience_of(task: Task) -> Audience:
    """Nine queries, however many customers there are."""
    rows, since = who_complained(task)
    known = [each.customer for each in rows]
    told = set(Told.objects.filter(task=task).values_list("customer", flat=True))
    addresses = {each.customer: decrypt(each.reference) for each in rows if each.reference}
    out = _opted_out(known, addresses)
    left: Counter[str] = Counter()
    chosen = []
    for each in rows:
        why = _why_not(each, told, out)
        if why:
            left[why] += 1
        else:
            chosen.append(each)
    written = Feedback.objects.filter(digest__in=[each.digest for each in chosen])
    words = dict(written.values_list("digest", "comment"))
    usual = Organization.current().languages[:1] or ["en"]
    people = [
        Person(
            each.customer,
            each.digest,
            addresses[each.customer],
            language_of(words.get(each.digest, ""), usual[0]),
            each.origin,
        )
        for each in chosen
    ]
    return Audience(since, people, left, len(rows) == MOST)


def _why_not(row: Complainer, told: set[UUID], out: set[UUID]) -> str:
    if row.customer in out:
        return "opted_out"
    if row.customer in told:
        return "told"
    if row.may_contact is None:
        return "not_asked"
    return "" if row.may_contact and row.reference else "no_consent"


def _opted_out(customers: Iterable[UUID], addresses: dict[UUID, str]) -> set[UUID]:
    """Also who opted out by the same address in other letters."""
    alike = {each: known_as(address) for each, address in addresses.items()}
    asked = set(customers).union(*alike.values())
    kept = set(OptOut.objects.filter(customer__in=asked).values_list("customer", flat=True))
    return kept | {each for each, names in alike.items() if names & kept}


def templates_for(task: Task) -> list[MessageTemplate]:
    """What may be sent to the customers of a task: approved, of its journey or for all."""
    journey = task.touchpoint.stage.journey if task.touchpoint else None
    return list(MessageTemplate.objects.approved().of_journey(journey).order_by("name", "pk"))


def sentence_of(task: Task) -> Mended | None:
    return Mended.objects.filter(task=task).select_related("released_by", "written_by").first()


def proven_numbers(verification: Verification) -> Sequence[float]:
    """What an effective verdict rests on: the value before and after, and the difference."""
    if verification.verdict != "effective":
        return ()
    result = verification.result
    said = [(result.get(side) or {}).get("value") for side in ("baseline", "after")]
    return [float(each) for each in (*said, result.get("effect")) if each is not None]


@dataclass(frozen=True, slots=True)
class TellingRow:
    """Once that customers were told: how many by mail, and how many through the survey tool, and
    of these what the tool says became of them."""

    telling: Telling
    mail: int
    file: int
    sent: int
    failed: int
    opted_out: int

    @property
    def heard(self) -> int:
        """Of whom the tool has said what became of it."""
        return self.sent + self.failed + self.opted_out

    @property
    def open(self) -> int:
        """Of whom the tool has said nothing yet."""
        return self.file - self.heard


def tellings_of(task: Task) -> list[TellingRow]:
    """The latest first."""
    by_how = {how: Count("told", filter=Q(told__how=how)) for how in (Told.How.MAIL, Told.How.FILE)}
    found = Telling.objects.filter(task=task).select_related("template", "by")
    became = {each: Count("told", filter=Q(told__outcome=each)) for each in OUTCOMES}
    rows = found.annotate(
        mails=by_how[Told.How.MAIL],
        files=by_how[Told.How.FILE],
        were_sent=became[SENT],
        have_failed=became[FAILED],
        went=became[OPTED_OUT],
    )
    return [
        TellingRow(row, row.mails, row.files, row.were_sent, row.have_failed, row.went)
        for row in rows.order_by("-pk")
    ]
