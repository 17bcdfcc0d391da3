import pytest

from cx_loop.logic.voice.redact import is_card, is_chinese_id, redact

# 11010519491231002X is the example of GB 11643-1999; 4111… and GB82WEST… are published examples


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mail me at ann.o'neil+x@mail.example.co.uk!", "mail me at [e-mail]!"),
        ("请联系13812345678，谢谢", "请联系[phone]，谢谢"),
        ("电话138-1234-5678或+86 139 1234 5678", "电话[phone]或[phone]"),
        ("座机010-62345678转801", "座机[phone]"),
        ("客服400-810-1234没人接", "客服[phone]没人接"),
        ("全角１３８１２３４５６７８也算", "全角[phone]也算"),
        ("身份证11010519491231002X", "身份证[ID]"),
        ("old ID 110105491231002 here", "old ID [ID] here"),
        ("card 4111 1111 1111 1111, please", "card [card], please"),
        ("卡号6222021234567890128", "卡号[card]"),
        ("IBAN GB82 WEST 1234 5698 7654 32.", "IBAN [card]."),
        ("护照E12345678丢了", "护照[ID]丢了"),
        ("call +44 20 7946 0958 or (415) 555-2671", "call [phone] or [phone]"),
        ("SSN 219-09-9999", "SSN [ID]"),
        ("加微信：loop_fan88 退款", "加微信：[account] 退款"),
        ("my wechat is closed", "my wechat is closed"),
    ],
)
def test_personal_data_are_replaced_by_what_they_were(said: str, kept: str) -> None:
    assert redact(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "flight CA1234 on 2025-11-21 at 08:30, gate 12, 3.5 hours late",
        "订单号20251121123456789没有发货",  # no check digit fits
        "order 4111 1111 1111 1112",  # Luhn does not fit
        "等了40分钟，花了1288.50元",
        "身份证110105194912310021",  # the check digit does not fit
        "房间8818，2025年11月21日入住",
    ],
)
def test_other_numbers_stay(said: str) -> None:
    assert redact(said) == said


def test_check_digits_are_computed() -> None:
    assert is_chinese_id("11010519491231002X")
    assert not is_chinese_id("11010519491331002X")  # no thirteenth month
    assert is_card("5500 0000 0000 0004")
    assert not is_card("0000000000000000")
