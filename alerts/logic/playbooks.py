"""What a playbook may say: kinds of countermeasures, types of steps, and where it fits."""

PLAYBOOK_KINDS = (
    "staffing",
    "resources",
    "process",
    "training",
    "technology",
    "communication",
    "recovery",
)
STEP_TYPES = ("contain", "correct")
PAIN_CATEGORIES = (
    "efficiency",
    "quality",
    "emotion",
    "personalisation",
    "technology",
    "communication",
)
CONDITIONS = ("touchpoint", "metric", "pain_category")
