"""Conditions: what must not be and is, as a watch of the ledger finds it."""

from models.alarms import AlarmKind
from models.values import Value


class Condition(Value):
    """Something that must not be and is; ``subject`` tells it from others of its kind.

    A subject with the day in it is told again on another day.
    """

    kind: AlarmKind
    subject: str
    text: str
