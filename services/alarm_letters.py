"""The letter of alarms (E20): in the system's own name, of no plan, with no personal link."""

from collections.abc import Mapping
from datetime import datetime

from adapters.ledger import PlanRecord
from adapters.letter_templates import LetterRenderer
from adapters.mime import build_message, message_id_for
from models.addressees import Addressee
from models.addresses import Mailbox
from models.alarms import ADMINISTRATOR, AlarmContext
from models.letter_frames import LetterFrame
from models.letters import LetterKind
from models.units import UnitKind
from models.values import Value
from services.letterheads import Letterhead

SYSTEM_CODE = "DONDOC"  # stands in the subject where other letters name their plan
ANY_COMMUNE = "Ủy ban nhân dân xã"
READER = Addressee(
    unit_code=ADMINISTRATOR.upper(),
    unit_name="Người quản trị Hệ thống Đôn Đốc",
    unit_kind=UnitKind.OFFICE,
)


class WrittenAlarm(Value):
    """The letter as it travels."""

    subject: str
    message_id: str
    frozen: bytes


def write_alarm(
    facts: Mapping[str, object],
    key: str,
    address: str,
    *,
    letterhead: Letterhead,
    renderer: LetterRenderer,
    commune: str,
    plan: PlanRecord | None,
    at: datetime,
) -> WrittenAlarm:
    """Write the letter with that key; any plan of the commune lends the commune's name.

    ``at`` is the instant of writing in the commune's zone.

    Raises:
        ValidationError: the facts are not those of such a letter.
        PermanentError: the template is broken or the address cannot stand in a message.
    """
    frame = system_frame(letterhead, commune=commune, plan=plan)
    context = AlarmContext.model_validate({**facts, "frame": frame, "to": READER})
    composed = renderer.render(LetterKind.ALARM, context)
    message_id = message_id_for(letterhead.key, key, LetterKind.ALARM, letterhead.domain)
    frozen = build_message(
        composed=composed,
        sender=letterhead.sender,
        recipient=Mailbox(address=address, name=READER.unit_name),
        reply_to=letterhead.reply_to,
        message_id=message_id,
        date=at,
        headers={"X-Dondoc-Kind": LetterKind.ALARM},
    )
    return WrittenAlarm(subject=composed.subject, message_id=message_id, frozen=frozen)


def system_frame(letterhead: Letterhead, *, commune: str, plan: PlanRecord | None) -> LetterFrame:
    """The frame of a letter that the system writes for itself."""
    of_plan = plan.dossier.plan if plan else None
    tag = of_plan.commune_tag if of_plan else commune.replace("-", "").upper()
    return LetterFrame(
        commune_tag=tag,
        plan_code=SYSTEM_CODE,
        plan_title="",
        campaign="",
        campaign_short="",
        plan_number="",
        agency_name=of_plan.agency.name if of_plan else ANY_COMMUNE,
        report_deadline="",
        coordinator_name="Hệ thống Đôn Đốc",
        reply_to=letterhead.reply_to,
        page_url=f"{letterhead.portal_url}/",
    )
