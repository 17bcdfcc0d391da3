"""What this package tells others: nudges after commit."""

from django.dispatch import Signal

task_changed = Signal()  # number: int
