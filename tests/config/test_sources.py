"""Sources as code: the mapping with its scale, secrets that never come out."""

from cx_loop.models import Source
from cx_loop.models.encryption import decrypt
from tests.config.conftest import Apply, Refused

BASE = """
metrics: [{key: csat, kind: csat}, {key: wait, kind: duration}]
departments: [{key: ground, name: Ground}]
journeys:
  - {key: flight, stages: [{key: departure, touchpoints: [{key: boarding, owner: ground}]}]}
sources:
  - key: tally-main
    tool: tally
    secret: knock knock
    token: sesame
    options: {timezone: Asia/Shanghai, partial: wait, expected_every: 48}
    mapping:
      - {field: q1, metric: csat, touchpoint: boarding, scale: [0, 4], direction: lower_is_better}
      - {field: q2, to: comment, touchpoint: boarding}
      - {field: tier, to: segment, values: {Gold card: gold}}
      - {field: q3, metric: wait, touchpoint: boarding}
"""


def test_a_source_is_what_the_file_says(apply: Apply) -> None:
    apply(BASE)
    found = Source.objects.get()
    assert (decrypt(found.secret), decrypt(found.token)) == ("knock knock", "sesame")
    assert found.mapping[0]["scale"] == [0, 4]
    assert found.options["expected_every"] == 48
    assert not apply(BASE)


def test_a_changed_secret_verifies_beside_the_one_before(apply: Apply) -> None:
    apply(BASE)
    apply(BASE.replace("knock knock", "open up"))
    found = Source.objects.get()
    assert (decrypt(found.secret), decrypt(found.old_secret)) == ("open up", "knock knock")


def test_what_a_mapping_lacks_is_told_with_its_line(refused: Refused) -> None:
    wrong = BASE.replace(", scale: [0, 4], direction: lower_is_better", "")
    said = refused(wrong)
    assert said[0].startswith("13: The lowest and the highest answer are not said.")
    assert said[1].startswith("13: It is not said which end is the best.")


def test_a_scale_of_another_length_and_a_place_unknown_are_refused(refused: Refused) -> None:
    assert "1–5" in refused(BASE.replace("[0, 4]", "[0, 10]"))[0]
    said = refused(BASE.replace("to: comment, touchpoint: boarding", "to: comment, stage: gate"))
    assert "There is no stage 'gate'" in said[0]
    assert "is no time zone" in refused(BASE.replace("Asia/Shanghai", "Mars/Base"))[0]
