"""What a unit does on the pages of the portal, from the link in its newest letter."""

import re
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import date

from cli.rehearsal.page_forms import Fields, PageForm
from cli.rehearsal.play import Play
from cli.rehearsal.visits import Visit, newest_link, visiting
from models.errors import PermanentError
from models.obligations import Obligation
from models.plans import RequirementKind
from models.submissions import Answer
from portal.answers import write_form
from portal.requests import DAY, REASON

MORE = "them"
RECEIPT = re.compile(r"TN-[2-9A-HJ-NP-Z]{8}")
MOST_PRESSES = 40  # of “Thêm dòng” on one form


async def send_answer(play: Play, obligation: Obligation, answer: Answer) -> None:
    """Confirm on the personal page, or fill in the form; the receipt must be shown.

    Raises:
        PermanentError: the portal did not take the answer.
    """
    requirement = play.dossier.plan.requirement(obligation.requirement_id)
    async with at_home(play, obligation.unit_id) as visit:
        if requirement.kind is RequirementKind.ACKNOWLEDGEMENT:
            form = visit.form("/xac-nhan/", obligation.id)
            await visit.send(form, form.filled({}))
            return
        await visit.press_link("/nop/", obligation.id)
        form = await _with_rows(visit, obligation.id, write_form(answer).fields)
        await visit.send(form, form.filled(write_form(answer).fields))
        if RECEIPT.search(visit.page) is None:
            raise PermanentError(f"Gửi {obligation.id} xong nhưng trang không có mã biên nhận.")


async def ask_time(play: Play, obligation: Obligation, *, reason: str, until: date) -> None:
    """Ask for more time on the personal page.

    Raises:
        PermanentError: the portal did not take the request.
    """
    async with at_home(play, obligation.unit_id) as visit:
        form = visit.form("/gia-han/", obligation.id)
        fields: Fields = {REASON: (reason,), DAY: (until.isoformat(),)}
        await visit.send(form, form.filled(fields))


@asynccontextmanager
async def at_home(play: Play, unit_id: str) -> AsyncIterator[Visit]:
    """Open the unit's personal page for the block."""
    contacts = play.dossier.units.unit(unit_id).contacts
    settings = play.stage.settings
    link = newest_link(settings.mail_folder, [contact.email for contact in contacts])
    async with visiting(settings.portal_url) as visit:
        await visit.open(link)
        yield visit


async def _with_rows(visit: Visit, obligation_id: str, wanted: Fields) -> PageForm:
    """The form with as many rows as are needed: nobody can fill in a row that is not shown."""
    for _ in range(MOST_PRESSES):
        form = visit.form("/nop/", obligation_id)
        missing = {name for name in wanted if not form.offers(name)}
        button = _button_for(form, missing)
        if button is None:
            break
        await visit.send(form, form.filled(wanted) | {MORE: (button,)})
    if missing:
        raise PermanentError(f"Biểu mẫu {obligation_id} không hỏi {', '.join(sorted(missing))}.")
    return form


def _button_for(form: PageForm, missing: Collection[str]) -> str | None:
    """The value of the button that shows more rows of a list that lacks some."""
    lists = {name.split(".")[1] for name in missing if name.count(".") > 1}
    return next(
        (text for name, text in sorted(form.buttons) if name == MORE and text in lists), None
    )
