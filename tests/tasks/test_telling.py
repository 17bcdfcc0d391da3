"""Customers hear what was mended: once, in approved words, and never who wants none."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from cx_loop import clock
from cx_loop.ingest.removal import remove_customer
from cx_loop.messaging.outbox import deliver
from cx_loop.models import SYSTEM, Actor, CustomerLink, Message
from tasks.actions.errors import Forbidden, Invalid
from tasks.actions.message_templates import approve_template, write_template
from tasks.actions.opt_outs import opt_out, opt_out_reference, stop_token
from tasks.models import MessageTemplate, OptOut, Task, Told
from tasks.reads.telling import audience_of
from tests.factories import (
    NOW,
    make_user,
)
from tests.pages import reading_as, seen
from tests.tasks.conftest import Mended, customer

pytestmark = pytest.mark.django_db
WORDS = {
    "subject": {"en": "You told us", "zh-hans": "您的反馈"},
    "text": {"en": "{touchpoint} is better. {stop}", "zh-hans": "{touchpoint}已改善。{stop}"},
}


def test_words_are_approved_by_somebody_else_and_again_after_a_change(world: Mended) -> None:
    ana, lead = Actor(world.ana), Actor(world.lead)
    made = write_template(name="Mended", journey="", **WORDS, by=lead, now=NOW)
    for nobody in (ana, lead, Actor(make_user(is_analyst=True))):
        with pytest.raises(Forbidden):
            approve_template(template=made.pk, version=1, by=nobody, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageTemplate.objects.update(approved_by=world.lead, approved_at=NOW)
    other = Actor(make_user(department=world.ground, role="director"))
    assert approve_template(template=made.pk, version=1, by=other, now=NOW).approved_at == NOW
    said = {"template": made.pk, "version": 1, "name": "Mended", "journey": "", **WORDS}
    assert write_template(**said, by=ana, now=NOW).approved_at is None
    with pytest.raises(Invalid):
        approve_template(template=made.pk, version=1, by=lead, now=NOW)


def test_only_who_agreed_is_told_and_the_others_are_counted(world: Mended) -> None:
    world.answered("wei@example.com", contact=True)
    world.answered("guest-77", contact=True)
    world.answered("pleased@example.com", contact=True, value=5)
    world.answered("li@example.com", contact=False)
    world.answered("xu@example.com")
    world.answered("Zhou@Example.com", contact=True)
    by = Actor(world.ana)
    opt_out_reference(reference=" zhou@example.com ", how="by_hand", by=by, now=NOW)
    found = audience_of(world.mend())
    assert [each.address for each in found.by_mail] == ["wei@example.com"]
    assert [each.address for each in found.by_file] == ["guest-77"]
    assert found.left_out == {"no_consent": 1, "not_asked": 1, "opted_out": 1}


def test_a_mail_goes_once_in_the_customers_language_and_its_address_is_forgotten(
    world: Mended, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    world.answered("wei@example.com", contact=True, comment="等了四十分钟没人解释")
    task, template = world.mend(), world.template()
    world.tell(task, template)
    with pytest.raises(Invalid):
        world.tell(task, template)
    Message.objects.exclude(user=None).delete()
    waiting = Message.objects.get()
    assert "wei@" not in f"{waiting.payload} {waiting.recipient} {waiting.dedup_key}"
    assert deliver(NOW) == 1
    (sent,) = mail.outbox
    link = sent.extra_headers["List-Unsubscribe"].strip("<>")
    assert (sent.to, sent.subject) == (["wei@example.com"], "您的反馈")
    assert sent.body == f"已改善：Boarding。{link}"
    assert set(Message.objects.get().payload) == {"subject", "text"}


def test_the_link_in_the_message_ends_messages_by_its_button_alone(world: Mended) -> None:
    world.answered("wei@example.com", contact=True)
    world.tell(world.mend(), world.template())
    link, nobody = f"/stop/{stop_token(Told.objects.get().customer)}/", Client()
    assert seen(nobody, link)
    assert not OptOut.objects.exists()
    assert seen(nobody, link[:-3] + "xx/", status=404)
    assert nobody.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert nobody.post(link).status_code == 200
    assert OptOut.objects.get().how == "link"
    assert Message.objects.get(user=None).state == Message.State.CANCELLED
    assert not CustomerLink.objects.exclude(reference="").exists()


def test_the_file_for_the_survey_tool_runs_no_formula_and_leaves_out_who_opted_out(
    world: Mended,
) -> None:
    world.answered("=cmd|x", contact=True)
    world.answered("guest-78", contact=True)
    task = world.mend()
    world.tell(task, world.template())
    gone = Told.objects.get(
        digest=CustomerLink.objects.exclude(customer=customer("=cmd|x")).get().pk
    )
    opt_out(customers=[gone.customer], how="link", by=SYSTEM, now=NOW)
    page = f"/tasks/{task.number}/told/"
    with clock.set_to(NOW):
        response = reading_as(world.ana).post(f"{page}file/")
    head, *rows = csv.reader(StringIO(b"".join(response).decode("utf-8-sig")))
    assert (head[0], [row[0] for row in rows]) == ("customer", ["'=cmd|x"])


def test_an_erased_customer_leaves_the_outbox_and_is_never_written_to_all_the_same(
    world: Mended,
) -> None:
    world.answered("wei@example.com", contact=True)
    world.tell(world.mend(), world.template())
    opt_out(customers=[customer("wei@example.com")], how="api", by=SYSTEM, now=NOW)
    remove_customer(customer="wei@example.com", now=NOW)
    assert not Told.objects.exists()
    assert not Message.objects.filter(user=None).exists()
    assert OptOut.objects.get().how == "api"


def test_nothing_is_told_of_a_fix_that_does_not_hold(world: Mended) -> None:
    world.answered("wei@example.com", contact=True)
    task, template = world.mend(), world.template()
    Task.objects.update(state="open", resolution="", closed_at=None, next_due_at=NOW)
    with pytest.raises(Invalid):
        world.tell(task, template)
    page = seen(reading_as(world.ana), f"/tasks/{task.number}/told/")
    assert "Nothing is told yet" in page


def test_the_page_counts_and_tells_and_names_nocustomer(world: Mended) -> None:
    world.answered("wei@example.com", contact=True)
    world.answered("li@example.com", contact=False)
    task, template = world.mend(), world.template()
    page, ana = f"/tasks/{task.number}/told/", reading_as(world.ana)
    shown = seen(ana, page)
    assert "Tell 1 customer" in shown
    assert "1 did not agree to be contacted" in shown
    assert "@example.com" not in shown.replace(world.ana.email, "").replace(world.lead.email, "")
    said = {"template": f"{template.pk}:{template.version}"}
    with clock.set_to(NOW):
        assert reading_as(make_user(is_analyst=True)).post(f"{page}send/", said).status_code == 403
        assert reading_as(make_user()).post(f"{page}send/", said).status_code == 404
        assert ana.post(f"{page}send/", {"template": f"{template.pk}:9"}).status_code == 422
        assert ana.post(f"{page}send/", said).status_code == 302
    assert "1 by mail, 0 by file" in seen(ana, page)
    assert "told customers what was mended" in seen(ana, f"/tasks/{task.number}/")


@pytest.mark.parametrize("who", ["ana", "lead"])
def test_templates_are_written_and_approved_on_pages(world: Mended, who: str) -> None:
    ana, lead = reading_as(world.ana), reading_as(world.lead)
    typed = {f"{name}-{code}": text for name, each in WORDS.items() for code, text in each.items()}
    with clock.set_to(NOW):
        wrong = ana.post("/templates/new/", {"name": "Mended", **typed, "text-en": "No link"})
        assert wrong.status_code == 422
        assert "It must hold {stop}" in wrong.content.decode()
        assert ana.post("/templates/new/", {"name": "Mended", **typed}).status_code == 302
        pk = MessageTemplate.objects.get().pk
        client = {"ana": ana, "lead": lead}[who]
        answer = client.post(f"/templates/{pk}/", {"do": "approve", "version": "1"})
    assert answer.status_code == {"ana": 403, "lead": 302}[who]
    assert ("waits for approval</span>" in seen(ana, "/templates/")) is (who == "ana")
