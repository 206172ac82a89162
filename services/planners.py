"""Planners: what the calendar asks for is written only while the hour is beyond doubt."""

from models.letter_holds import HoldReason
from services import bulletins, compliance_watches, mailing, reminders
from services.brakes import hold_of
from services.desk import Desk
from services.reminders import Planning


def plan_reminders(desk: Desk) -> Planning:
    """Put every reminder that is due in the outbox; nothing while the clock is in doubt.

    Nothing is lost by waiting: the round after the release finds what is due then.
    """
    doubt = _find_doubt(desk)
    if doubt is not None:
        return Planning(letters=0, superseded=0, hold=doubt)
    return reminders.plan_reminders(
        desk.engine, commune=desk.commune, policy=desk.policy, calendar=desk.calendar, now=desk.now
    )


def write_bulletins(desk: Desk) -> int:
    """Write the leader's bulletins if their hour has come; nothing while the clock is in doubt."""
    if _find_doubt(desk) is not None:
        return 0
    return bulletins.write_bulletins(
        desk.engine, commune=desk.commune, calendar=desk.calendar, now=desk.now
    )


def escalate_reviews(desk: Desk) -> int:
    """Tell whose reviews are beyond their term; nothing while the clock is in doubt."""
    if _find_doubt(desk) is not None:
        return 0
    return compliance_watches.escalate_reviews(
        desk.engine, commune=desk.commune, calendar=desk.calendar, now=desk.now
    )


def _find_doubt(desk: Desk) -> str | None:
    """Why the hour may be wrong: the brakes are tried first, as before every sending."""
    mailing.engage(desk)
    return hold_of(desk.engine, commune=desk.commune, reason=HoldReason.CLOCK)
