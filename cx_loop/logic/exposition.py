"""The text that Prometheus reads (exposition format 0.0.4).

Written here because counters in memory, which its client library is made for, are wrong with
several processes; ours are rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

TYPE = "text/plain; version=0.0.4; charset=utf-8"


Labels = tuple[tuple[str, str], ...]  # (name, value) of each


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure and its samples: labels -> value. A counter only ever grows."""

    name: str
    help: str
    samples: Mapping[Labels, float] = field(default_factory=dict)
    kind: Literal["gauge", "counter"] = "gauge"


def exposition(gauges: Iterable[Gauge]) -> str:
    return "".join(line + "\n" for gauge in gauges for line in _lines(gauge))


def _lines(gauge: Gauge) -> Iterable[str]:
    yield f"# HELP {gauge.name} {_escaped(gauge.help, quotes=False)}"
    yield f"# TYPE {gauge.name} {gauge.kind}"
    for labels, value in gauge.samples.items():
        said = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
        yield f"{gauge.name}{'{' + said + '}' if said else ''} {value:.15g}"


def _escaped(text: str, *, quotes: bool = True) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text
