"""Small sizes of what `manage.py drill` runs. How fast it goes is judged by the command alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drills import broker_loss, downtime, due_instant_race, hook_storm, kill_storm, poison
from drills.outcome import Outcome
from drills.scene import Scene, Servers, servers

DRILLS: dict[str, tuple[Callable[..., Outcome], int]] = {
    "kill-storm": (kill_storm.run, 15),
    "downtime": (downtime.run, 20),
    "due-instant-race": (due_instant_race.run, 80),
    "broker-loss": (broker_loss.run, 40),
    "poison": (poison.run, 12),
    "hook-storm": (hook_storm.run, 400),
}


@pytest.fixture(scope="module")
def those(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers of their own, because the drills kill them; their tables are made once."""
    folder = tmp_path_factory.mktemp("drills")
    with servers(folder) as started:
        with Scene(started, folder / "tables", "tables"):
            started.migrated = True
        yield started


@pytest.mark.parametrize("name", DRILLS)
def test_a_drill_finds_nothing_lost_and_nothing_double(
    those: Servers, tmp_path: Path, name: str
) -> None:
    run, size = DRILLS[name]
    found = run(those, tmp_path / "scene", size)
    assert found.wrong == [], found.facts
    assert found.recorded == found.distinct == found.expected > 0
