"""What the customer felt, and what had failed, in words."""

from django.utils.translation import gettext_lazy

PAIN_CATEGORIES = {
    "efficiency": gettext_lazy("Efficiency"),
    "quality": gettext_lazy("Quality"),
    "emotion": gettext_lazy("Emotion"),
    "personalisation": gettext_lazy("Personalisation"),
    "technology": gettext_lazy("Technology"),
    "communication": gettext_lazy("Communication"),
}
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
