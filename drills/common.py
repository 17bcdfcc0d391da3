"""What every drill counts, and what holds in all of them."""

from bench.figures import percentile
from drills.outcome import Outcome
from drills.receiver import Receiver
from drills.scene import Scene

_WRITTEN = "SELECT dedup_key, extract(epoch FROM created_at)::float8 FROM cx_loop_message"


def judge_common(found: Outcome, scene: Scene, receiver: Receiver | None = None) -> None:
    """After everything was killed: no deadlock, and no more duplicates than kills."""
    found.kills, found.memory = scene.kills, scene.memory_at_the_end
    found.deadlocks = scene.deadlocks()
    found.equal("deadlocks", found.deadlocks, 0)
    found.equal("processes that ended by themselves", scene.ended, [])
    if scene.ended:
        found.facts["what was said last"] = scene.complaints()[-2000:]
    if receiver is None:
        return
    found.duplicates = receiver.duplicates
    found.must(found.duplicates <= found.kills, f"{found.duplicates} duplicates")
    written = dict(scene.rows(_WRITTEN))
    took = [at - written[key] for key, at in receiver.first_at.items() if key in written]
    found.p95 = percentile(took, 0.95) if took else None
