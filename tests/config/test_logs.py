from config.logs import where_it_failed


def test_a_log_line_says_where_it_failed_and_not_what_the_row_held() -> None:
    try:
        raise ValueError(
            "new row violates a constraint\nDETAIL:  Failing row contains (等了四十分钟)"
        )
    except ValueError as error:
        event = where_it_failed(None, "error", {"event": "not stored", "exc_info": error})

    assert event["error"] == "ValueError: new row violates a constraint"
    assert "四十" not in str(event)
    assert event["frames"][-1].endswith(
        "test_a_log_line_says_where_it_failed_and_not_what_the_row_held"
    )


def test_a_line_without_an_exception_stays_as_it_is() -> None:
    assert where_it_failed(None, "info", {"event": "stored"}) == {"event": "stored"}
