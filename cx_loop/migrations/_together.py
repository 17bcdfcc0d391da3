"""An operation for migrations that stand for many others."""

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory


class CreateModels(Operation):
    """Tables that are made together, for an empty database.

    Django renders all models anew for each one that is created; these are rendered once, so they
    take seconds less, and may point at each other in any order.
    """

    category = OperationCategory.ADDITION
    serialization_expand_args = ["models"]

    def __init__(self, models: list[CreateModel]) -> None:
        self.models = models

    def describe(self):
        return f"Create {len(self.models)} models together"

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # otherwise each would be rendered as it comes
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)
