"""What a log line may say: where something failed, never what a customer wrote."""

import sys
import traceback
from collections.abc import MutableMapping
from typing import Any


def where_it_failed(logger: Any, method: str, event: MutableMapping[str, Any]) -> Any:
    """Turn an exception into its type, the first line of its message, and its frames.

    PostgreSQL quotes the failing row from the second line on, comments included; locals are
    never printed.
    """
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    if isinstance(given, BaseException):
        given = (type(given), given, given.__traceback__)
    if given and given[1] is not None:
        kind, error, trace = given
        event["error"] = f"{kind.__name__}: {str(error).partition(chr(10))[0][:200]}"
        event["frames"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)
        ][-12:]
    return event
