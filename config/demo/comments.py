"""What the demo's invented passengers write beside their answers, in English and 简体中文."""

EVERY = 3  # one unhappy answer of so many is left without words
CONTENT = 6  # one content answer of so many has some
GUESTS = 700  # people who answer; who flies often answers again

UNHAPPY = {
    "departure": (
        "Two hours at the gate and nobody told us why.",
        "登机口等了两个小时，没有任何人解释原因。",
        "The display said on time until the very end.",
        "广播听不清，排队也很乱。",
        "The line at the gate did not move, staff seemed helpless.",
        "一再延误，态度冷淡，孩子都饿了。",
        "Boarding was chaotic, and the app still showed the old gate.",
        "改了登机口却没有短信通知，差点误机。",
        "We sat in the plane for an hour, hot and without water.",
        "等太久了，连一杯水都没有。",
    ),
    "arrival": (
        "Missed my connection and had to find the desk myself.",
        "晚到一个多小时，转机也误了，没人帮忙改签。",
        "The bags took longer than the flight.",
        "行李等了四十分钟，传送带还坏了。",
        "Nobody could say where the next flight leaves.",
        "到达后信息混乱，客服电话一直打不通。",
    ),
    "lounge": (
        "No free seat, and the food was gone by seven.",
        "休息室太挤，没有座位，餐食也很少。",
        "The wireless network was too slow to work.",
        "前台不太耐烦，卫生间不干净。",
    ),
}
PLEASED = {
    "departure": (
        "Quick boarding, and the crew was friendly.",
        "登机很快，工作人员热情周到。",
        "We were told of the delay by message before we left home. Great.",
        "提前收到短信提醒，很贴心。",
    ),
    "arrival": (
        "On time, and the bags were there at once.",
        "准点到达，行李也很快。",
    ),
    "lounge": (
        "Quiet, clean, and good coffee.",
        "环境安静，咖啡不错，服务周到。",
    ),
}


def words(place: str, score: int, turn: int) -> str:
    """What is written with the `turn`-th answer at a kind of place; "" where nothing is."""
    if score <= 2:
        said = UNHAPPY[place]
        return "" if turn % EVERY == 0 else said[turn * 7 % len(said)]
    said = PLEASED[place]
    return said[turn * 5 % len(said)] if score >= 4 and turn % CONTENT == 0 else ""


def guest(turn: int) -> str:
    """Who answers; the survey asks each whether they may be contacted."""
    number = turn * 37 % GUESTS
    return f"guest-{number}@mail.example" if number % 5 else f"passenger-{number}"


def agrees(turn: int) -> bool:
    """Three of four do; who does, does so every time."""
    return turn * 37 % GUESTS % 4 != 0
