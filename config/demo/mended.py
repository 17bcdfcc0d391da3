"""What the demo's people do once the fix of the lounge has proven to help: it becomes the standard,
and customers hear of it."""

from datetime import datetime

from config.demo.sayings import person
from cx_loop import clock
from tasks.actions.mended import release_sentence, write_sentence
from tasks.actions.permanence import answer_permanence
from tasks.actions.telling import tell_customers
from tasks.logic.telling import GOOD
from tasks.models import MessageTemplate, Task

RULE = "lounge-satisfaction"
SAID = {
    "en": "Too few seats, not enough to eat, and a slow network.",
    "zh-hans": "座位不够，餐食不足，网络很慢。",
}
MENDED = {
    "en": "The buffet is filled every hour, and the network has a second line.",
    "zh-hans": "自助餐每小时补充，网络增设第二条线路。",
}
KEPT = {"answer": "made", "standard": "The buffet is looked after on the hour, every hour."}


def tell_of_mended(*, now: datetime) -> None:
    """Hugo writes the sentences, Hana releases them, and who complained and agreed is told."""
    proven = Task.objects.filter(
        state=Task.State.CLOSED,
        resolution__in=GOOD,
        rule_version__rule__key=RULE,
        mended=None,
    )
    for task in list(proven.order_by("number")):
        with clock.set_to(now):
            _tell(task.number, now)


def _tell(number: int, now: datetime) -> None:
    hugo, hana = person("hugo"), person("hana")
    answer_permanence(number=number, by=hugo, now=now, fields=KEPT)
    kept = write_sentence(number=number, version=0, said=SAID, mended=MENDED, by=hugo, now=now)
    release_sentence(number=number, version=kept.version, by=hana, now=now)
    words = MessageTemplate.objects.approved().earliest("pk")
    tell_customers(number=number, template=words.pk, version=words.version, by=hugo, now=now)
