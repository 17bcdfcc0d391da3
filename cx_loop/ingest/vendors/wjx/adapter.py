"""问卷星 (wjx.cn): flat JSON, `q1` and so on; choices are numbers of options, several "1,2"."""

from collections.abc import Iterator

from cx_loop.ingest.vendors.adapter import Adapter, Object, Options
from cx_loop.logic.answers.response import Field, Response, by_key
from cx_loop.logic.hook_signatures import Scheme

OWN = ("activity", "name", "joinid", "index", "sign", "submittime", "timetaken")


def responses(said: Object, options: Options) -> Iterator[Response]:
    answers = (Field(key, _plain(value), key) for key, value in said.items() if key not in OWN)
    yield Response(
        id=f"{said['activity']}-{said['joinid']}",
        fields=by_key(answers),
        occurred_at=said["submittime"],
        revision=said["submittime"],
        survey=str(said["activity"]),
    )


def _plain(value: object) -> str | list[str]:
    text = str(value).strip()
    parts = text.split(",")
    return parts if len(parts) > 1 and all(each.strip().isdecimal() for each in parts) else text


ADAPTER = Adapter(
    key="wjx",
    name="问卷星",
    of_object=responses,
    scheme=Scheme("joined", header="sign", joined=("activity", "index")),
    zone="Asia/Shanghai",
)
