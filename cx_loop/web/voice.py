"""What customers say at a touchpoint, corrected where it was taken wrongly; and the words it is
read by."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cx_loop import clock
from cx_loop.actions import voice_words
from cx_loop.logic.voice.origins import ORIGINS
from cx_loop.logic.voice.words import CATEGORIES, KINDS, LexiconError, Word, fold
from cx_loop.models import Actor, Feedback, Touchpoint, User, VoiceModel, VoiceWord
from cx_loop.reads.lexicon import current_lexicon
from cx_loop.reads.voice import comments_for, themes_of
from cx_loop.ui import voice as words
from cx_loop.ui.themes import theme_rows
from cx_loop.web.journey_figures import segment_names

SHOWN = 30  # comments on a page, each with its form
MOST_WORDS = 300


class WordForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Word"),
        max_length=40,
        help_text=gettext_lazy(
            "As customers write it. An English word ending in * stands for all that begin so."
        ),
    )
    meaning = forms.ChoiceField(
        label=gettext_lazy("What it means"),
        choices=list(words.MEANINGS.items()),
        required=False,
        initial="pain",
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        choices=[("", "—"), *words.PAIN_CATEGORIES.items()],
        required=False,
    )


@login_required
@require_safe
def comments(request: HttpRequest, key: str) -> HttpResponse:
    """What was written at a touchpoint, by what it says."""
    assert isinstance(request.user, User)
    place = get_object_or_404(Touchpoint.objects.all().visible_to(request.user), key=key)
    kind = _one_of(request.GET.get("kind", ""), KINDS)
    category = _one_of(request.GET.get("category", ""), CATEGORIES)
    origin = _one_of(request.GET.get("source", ""), ("survey", *ORIGINS))
    now = clock.now()
    seen = Feedback.objects.filter(touchpoint=place).exclude(comment="").select_related("source")
    found = comments_for(seen, kind=kind, category=category, origin=origin).order_by(
        "-occurred_at", "digest"
    )
    names = segment_names()
    rows = [words.said_of(each, names) for each in found[: SHOWN + 1]]
    page = {
        "now": now,
        "touchpoint": place,
        "rows": rows[:SHOWN],
        "more": len(rows) > SHOWN,
        "kind": kind,
        "category": category,
        "kinds": words.KINDS,
        "categories": words.PAIN_CATEGORIES,
        "origin": origin,
        "origins": {"survey": _("Survey"), **words.ORIGINS},
        "themes": theme_rows(themes_of(place, now=now)),
    }
    return render(request, "cx_loop/voice/comments.html", page)


@login_required
@require_POST
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person says what a comment says; boxes are kind and category in one word."""
    assert isinstance(request.user, User)
    seen = Feedback.objects.all().visible_to(request.user).select_related("touchpoint")
    found = get_object_or_404(seen, pk=pk)
    if found.touchpoint is None:
        raise Http404
    said = [_mention(each) for each in request.POST.getlist("says")]
    try:
        voice_words.correct(feedback=found, mentions=said, by=Actor(request.user), now=clock.now())
    except voice_words.CorrectionError:
        messages.warning(request, _("Choose from the list what it says."))
    else:
        messages.success(request, _("Corrected. The next reading learns from it."))
    return redirect("cx_loop:comments", key=found.touchpoint.key)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lexicon(request: HttpRequest) -> HttpResponse:
    """The organisation's own words over the shipped list, and what was learnt in the nights."""
    assert isinstance(request.user, User)
    if not may_teach(request.user):
        raise PermissionDenied
    form = WordForm(request.POST or None)
    if request.method == "POST" and _saved(request, form, Actor(request.user)):
        return redirect("cx_loop:lexicon")
    lexicon, nights = current_lexicon(), list(VoiceModel.objects.defer("numbers")[:14])
    asked = fold(request.GET.get("q", "").strip())[:40]
    known = sorted(text for text in lexicon.words if asked in text) if asked else []
    page = {
        "now": clock.now(),
        "form": form,
        "own": [(each, _meant(each.meaning, each.category)) for each in _own()],
        "version": lexicon.version,
        "count": len(lexicon.words),
        "asked": asked,
        "known": [
            (text, _meant(lexicon.words[text].kind, lexicon.words[text].category))
            for text in known[:MOST_WORDS]
        ],
        "nights": nights,
        "has_vectors": any(each.embeddings_accuracy is not None for each in nights),
    }
    return render(request, "cx_loop/voice/lexicon.html", page, status=422 if form.errors else 200)


def may_teach(user: User) -> bool:
    """Words change what is read everywhere, so they are for whoever sees everything."""
    return user.sees_everything


def _saved(request: HttpRequest, form: WordForm, by: Actor) -> bool:
    if text := request.POST.get("drop", ""):
        voice_words.drop_word(text=text.replace("\x00", "")[:40], by=by, now=clock.now())
        return True
    if not form.is_valid():
        return False
    given = form.cleaned_data
    category = given["category"] if given["meaning"] else ""
    word = Word(fold(given["text"]), given["meaning"], category)
    try:
        voice_words.save_word(word=word, by=by, now=clock.now())
    except LexiconError:
        said = _(
            "Write one word or a few, without marks that end a clause; a topic has a category."
        )
        form.add_error("text", said)
        return False
    messages.success(request, _("Comments with this word are heard again."))
    return True


def _own() -> list[VoiceWord]:
    return list(VoiceWord.objects.order_by("text")[:MOST_WORDS])


def _meant(meaning: str, category: str) -> str:
    known = str(words.MEANINGS.get(meaning, meaning))
    named = words.PAIN_CATEGORIES.get(category)
    return f"{known} · {named}" if named else known


def _mention(box: str) -> tuple[str, str]:
    kind, _sep, category = box.partition("-")
    return kind, category


def _one_of(said: str, known: tuple[str, ...]) -> str:
    return said if said in known else ""
