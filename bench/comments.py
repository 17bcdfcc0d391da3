"""Comments as customers write them, made up: both languages and mixed, a clause or several."""

import random
from dataclasses import dataclass

_PAINS = (
    "等了四十分钟也没人解释",
    "送得太慢了，汤都洒了",
    "客服电话一直打不通",
    "房间隔音很差，一晚上没睡好",
    "app 老是闪退，付款失败两次",
    "没按备注做，又送错了",
    "boarding took forever and nobody told us why",
    "the app crashed twice while paying",
    "my seat was broken and the crew did not care",
    "bag arrived damaged, still waiting for a reply",
)
_DELIGHTS = (
    "空姐很热情，一直面带微笑",
    "送餐很快，味道也不错",
    "房间干净，床很舒服",
    "前台主动帮我升级了房间",
    "值机流程很顺利",
    "check-in 很快，staff 也很 nice",
    "the crew was friendly and helpful",
    "boarding was quick and on time",
    "easy to use, and they kept us informed",
    "great value, would recommend",
)
_PLAIN = (
    "从上海飞成都",
    "第二次坐这趟航班",
    "昨天晚上点的",
    "flew from Shanghai",
    "booked in May",
    "",
)
_ENDS = ("。", "！", ".", "!", "", "，希望改进。", ", please fix.")


@dataclass(frozen=True, slots=True)
class Made:
    texts: list[str]
    sides: list[bool]


def comments(many: int, seed: int = 1) -> Made:
    """The same for the same seed."""
    rng = random.Random(seed)
    texts, sides = [], []
    for _ in range(many):
        delighted = rng.random() < 0.5
        clauses = rng.choices(_DELIGHTS if delighted else _PAINS, k=rng.choice((1, 1, 2)))
        parts = [rng.choice(_PLAIN), *clauses]
        texts.append("，".join(filter(None, parts)) + rng.choice(_ENDS))
        sides.append(delighted)
    return Made(texts, sides)
