"""The pulse of an installation: when its rounds last came, and what is overdue."""

from datetime import datetime, time, timedelta

from models.values import Value

MORNING_STARTS_AT = time(7, 30)
MORNING_ENDS_AT = time(9)
# Two ticks of ten minutes missed, and time for the one after them to run.
MAIL_ROUND_WITHIN = timedelta(minutes=25)


class Pulse(Value):
    """When the rounds last succeeded, how many alarms are open, and what is missing now.

    ``has_work`` is false where no plan is in force: nothing is missed there.
    """

    morning_round_at: datetime | None
    mail_round_at: datetime | None
    open_alarms: int
    has_work: bool
    morning_is_missing: bool
    now: datetime

    @property
    def mail_is_missing(self) -> bool:
        """Whether two rounds of the mailroom did not come."""
        last = self.mail_round_at
        return self.has_work and (last is None or self.now - last > MAIL_ROUND_WITHIN)

    @property
    def is_steady(self) -> bool:
        """Whether every round came when it should."""
        return not (self.morning_is_missing or self.mail_is_missing)
