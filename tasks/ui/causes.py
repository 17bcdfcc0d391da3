"""What the customer felt, and what had failed, in words."""

from django.utils.translation import gettext_lazy

from cx_loop.ui.voice import PAIN_CATEGORIES

__all__ = ["PAIN_CATEGORIES", "ROOT_CAUSES"]

ROOT_CAUSES = {
    "people": gettext_lazy("People"),
    "process": gettext_lazy("Process"),
    "system": gettext_lazy("System"),
    "standard": gettext_lazy("Standard"),
    "product": gettext_lazy("Product"),
    "supplier": gettext_lazy("Supplier"),
    "environment": gettext_lazy("Environment"),
    "external": gettext_lazy("External"),
}
