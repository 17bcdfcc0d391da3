"""The words of moments of truth, in the reader's language."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

Words = dict[str, StrOrPromise]

MOMENT_TYPES: Words = {
    "product": _("Product moment"),
    "service": _("Service moment"),
    "brand": _("Brand moment"),
    "virtual": _("Online moment"),
    "emotional": _("Emotional moment"),
    "social": _("Social moment"),
}
POLARITIES: Words = {
    "positive": _("positive"),
    "neutral": _("neutral"),
    "negative": _("negative"),
}
ANSWERS: Words = {
    "positive": _("Reinforce it: what delights here is worth showing elsewhere."),
    "neutral": _("Streamline it: nobody will remember it, so let it cost little."),
    "negative": _("Recover it: this is what people will tell others."),
}
LANE_NAMES: Words = {
    "customer": _("Customer"),
    "front_stage": _("Front stage"),
    "back_stage": _("Back stage"),
    "support": _("Support"),
    "evidence": _("Physical evidence"),
}
