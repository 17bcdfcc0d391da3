"""What the demo's invented people wrote before the first day: moment cards, and what customers may
be told; and how they called back whoever complained at the end."""

from datetime import datetime
from typing import Any

from cx_loop import clock
from cx_loop.actions.moment_cards import make_card
from cx_loop.models import Actor, Membership, User
from tasks.actions.message_templates import approve_template, write_template
from tasks.actions.recovery import seek, settle
from tasks.models import Recovery

# who wrote it, where, and what was lived through
CARDS = (
    (
        "ana",
        "departure-jfk",
        {
            "who": "A family with two small children",
            "scene": "登机口显示延误，但没有人说明原因。The children sleep on the floor.",
            "felt": "Forgotten. 没有人在意我们。",
            "segment": "normal",
            "score": -4,
        },
    ),
    (
        "hugo",
        "lounge",
        {
            "who": "每周往返的商务旅客",
            "scene": "迎宾叫得出名字，并主动告知航班准点。",
            "felt": "被记得，很安心。",
            "segment": "diamond",
            "score": 4,
        },
    ),
    (
        "ana",
        "departure-jfk",
        {
            "who": "A gold member with a tight connection",
            "scene": "The gate changes, a message comes at once, and somebody waves us over.",
            "felt": "Looked after.",
            "segment": "gold",
            "score": 3,
        },
    ),
)
MENDED: dict[str, Any] = {
    "subject": {
        "en": "You told us about {touchpoint}",
        "zh-hans": "您反馈的“{touchpoint}”有了改善",
    },
    "text": {
        "en": "Hello,\n\nyou told us what went wrong at {touchpoint}. Thank you: it is different"
        " now.\n\n{mended}\n\n{organization}\n\nNo more messages like this: {stop}",
        "zh-hans": "您好：\n\n您曾向我们反馈“{touchpoint}”的问题，谢谢您。现在有了改善：\n\n"
        "{mended}\n\n{organization}\n\n不再接收此类消息：{stop}",
    },
}
SHORT: dict[str, Any] = {
    "subject": {"en": "Thank you", "zh-hans": "感谢您的反馈"},
    "text": {
        "en": "What you told us about {touchpoint} has helped. No more messages: {stop}",
        "zh-hans": "您对“{touchpoint}”的反馈帮助我们做出了改善。不再接收消息：{stop}",
    },
}


CALLS = (
    ("content", "Miles for the wait, and an apology by name."),
    ("unhappy", "致歉并赠送下次航班的休息室使用券。"),
    ("unreachable", ""),
    ("content", "Rebooked on the next flight, with a meal voucher."),
)


def write_sayings(*, now: datetime) -> None:
    for name, touchpoint, said in CARDS:
        make_card(touchpoint=touchpoint, said=said, by=person(name), now=now)
    first = write_template(
        name="We mended it · 已改善", journey="flight", **MENDED, by=person("ana"), now=now
    )
    approve_template(template=first.pk, version=first.version, by=person("lin"), now=now)
    write_template(name="Short thanks · 简短致谢", journey="", **SHORT, by=person("bo"), now=now)


def call_back(*, now: datetime) -> None:
    """Whoever complained in the last days is on the lists, and every third was called already."""
    with clock.set_to(now):
        seek(now=now)
        rows = Recovery.objects.open().select_related("department").order_by("occurred_at", "id")
        for number, row in enumerate(list(rows)[::3]):
            here = Membership.objects.filter(department=row.department).order_by("role", "id")
            member = here.select_related("user").first()
            outcome, offered = CALLS[number % len(CALLS)]
            if member is not None:
                by = Actor(member.user)
                settle(recovery=row.pk, outcome=outcome, offered=offered, by=by, now=now)


def person(name: str) -> Actor:
    return Actor(User.objects.get(email=f"{name}@demo-air.example"))
