"""Which playbooks are proposed, in which order, and why."""

from tasks.logic.proposals import Candidate, Reason, propose

HERE = {"touchpoint": "boarding", "metric": "wait", "pain_category": ""}
GATE = Candidate("gate", {"touchpoint": ["boarding", "gate"]})
WAIT = Candidate("wait", {"metric": ["wait"]})
QUEUE = Candidate("queue", {"metric": ["wait"], "pain_category": ["efficiency"]})
ANY = Candidate("any", {})
MEAL = Candidate("meal", {"touchpoint": ["meal"]})


def keys(*candidates: Candidate, rules: str = "", **facts: str) -> list[str]:
    return [each.key for each in propose(candidates, HERE | facts, rules=rules)]


def why(candidate: Candidate, rules: str = "", **facts: str) -> list[str]:
    [proposal] = propose([candidate], HERE | facts, rules=rules)
    return [reason.code for reason in proposal.reasons]


def test_the_nearer_condition_counts_more():
    assert keys(ANY, WAIT, GATE) == ["gate", "wait", "any"]


def test_what_the_rule_names_comes_first_whatever_it_is_made_for():
    assert keys(GATE, MEAL, rules="meal") == ["meal", "gate"]
    assert why(MEAL, rules="meal") == ["rule"]


def test_a_condition_that_does_not_hold_leaves_a_playbook_out():
    assert keys(MEAL) == []
    assert keys(QUEUE, pain_category="emotion") == []


def test_a_pain_category_that_nobody_knows_speaks_neither_for_nor_against():
    assert why(QUEUE) == ["metric"]
    assert why(QUEUE, pain_category="efficiency") == ["metric", "pain_category"]
    assert keys(WAIT, QUEUE, pain_category="efficiency") == ["queue", "wait"]


def test_a_playbook_about_what_is_not_known_waits():
    assert keys(Candidate("calm", {"pain_category": ["emotion"]})) == []


def test_of_two_that_fit_alike_the_one_that_helped_comes_first():
    helped = Candidate("z", {"metric": ["wait"]}, used=3, effective=2)
    failed = Candidate("a", {"metric": ["wait"]}, used=3)
    assert keys(failed, WAIT, helped) == ["z", "wait", "a"]


def test_what_was_used_here_is_said_with_what_became_of_it():
    [proposal] = propose([Candidate("gate", {}, used=3, effective=2)], HERE)
    assert proposal.reasons == (Reason("general"), Reason("used", 3, 2))
