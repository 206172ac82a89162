"""Compliance reviews: one transaction with their verdict, and told when beyond their term."""

from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.docx import write_docx
from adapters.rule_sets import read_rule_set
from models.calendars import WorkingCalendar
from models.compliance import POINTS, ComplianceRow, Mark, Result
from models.errors import (
    ConflictError,
    RefusedError,
    SelfApprovalError,
    UsageError,
    VersionChangedError,
)
from models.obligations import ObligationState
from models.submissions import Answer, Attachment, Channel
from services import questions
from services.boards import read_board
from services.compliance import judge_plan, read_forms, suggest
from services.compliance_watches import escalate_reviews
from services.extension_queue import read_requests
from services.extensions import grant_extension, request_extension
from services.review_items import read_review_item
from services.review_queue import QueueFilter, read_queue
from services.reviews import accept, return_to_unit
from tests.adapters.sample_document import final_report
from tests.services.stage import (
    COMMUNE,
    DETAILED_PLAN,
    NIL,
    PLAN,
    Office,
    at,
    owed_by,
)

PLAN_OF = owed_by("dt-hnd", "KHCT")
ROWS = [ComplianceRow(number=number, mark=Mark.PASS) for number in POINTS]
SENT = at((25, 5))
BY: dict[str, Any] = {"by": "vp", "unit_id": None, "due_at": None}


def judge(engine: Engine, result: Result = Result.PASS, **more: Any) -> object:
    given = BY | {"seen": 1, "seen_editions": 0, "rows": ROWS, "result": result, "now": SENT}
    return judge_plan(engine, PLAN_OF, **(given | more))


def test_the_form_and_its_verdict_stand_together_or_not_at_all(office: Office) -> None:
    office.submit(PLAN_OF, DETAILED_PLAN, now=SENT)
    engine = office.engine
    with pytest.raises(VersionChangedError):
        judge(engine, seen=2)
    with pytest.raises(SelfApprovalError):
        judge(engine, unit_id="dt-hnd")
    with pytest.raises(ConflictError, match="Đã có người ký"):
        judge(engine, seen_editions=1)
    failed = [*ROWS[:4], ComplianceRow(number=5, mark=Mark.FAIL, remark="Ghi vị trí"), *ROWS[5:]]
    with pytest.raises(RefusedError, match="hạn gửi lại"):
        judge(engine, Result.RETURN, rows=failed)
    assert read_forms(engine, PLAN_OF, commune=COMMUNE) == ()
    assert office.obligation(PLAN_OF).state is ObligationState.SUBMITTED
    made = judge(engine)
    assert read_forms(engine, PLAN_OF, commune=COMMUNE) == (made,)
    assert read_forms(engine, PLAN_OF, commune="dong-hoa") == ()
    with pytest.raises(ConflictError):
        judge(engine, seen_editions=1)
    assert office.obligation(PLAN_OF).state is ObligationState.ACCEPTED


@pytest.mark.parametrize("answer", [DETAILED_PLAN, NIL])
def test_no_detailed_plan_is_accepted_without_its_form(office: Office, answer: Answer) -> None:
    office.submit(PLAN_OF, answer, now=SENT)
    with pytest.raises(RefusedError, match=f"/tham-dinh/ra-soat/{PLAN_OF}"):
        accept(office.engine, PLAN_OF, reviewer="vp", now=SENT)
    assert office.obligation(PLAN_OF).state is not ObligationState.ACCEPTED
    judge(office.engine)
    assert office.obligation(PLAN_OF).state is ObligationState.ACCEPTED
    assert not accept(office.engine, PLAN_OF, reviewer="vp", now=SENT)


def test_only_a_detailed_plan_has_such_a_form(office: Office) -> None:
    office.submit(owed_by("thon-01"), now=SENT)
    with pytest.raises(RefusedError, match="chỉ lập cho kế hoạch"):
        judge_plan(
            office.engine, owed_by("thon-01"), seen=1, seen_editions=0, rows=ROWS,
            result=Result.PASS, now=SENT, by="vp", unit_id=None, due_at=None,
        )  # fmt: skip


def test_a_returned_plan_gets_its_own_term_and_a_new_form(office: Office) -> None:
    office.submit(PLAN_OF, DETAILED_PLAN, now=SENT)
    failed = [ComplianceRow(number=1, mark=Mark.FAIL, remark="Sửa thẩm quyền"), *ROWS[1:]]
    judge(office.engine, Result.RETURN, rows=failed, due_at=at((28, 5), "17:00"))
    found = office.obligation(PLAN_OF)
    assert found.state is ObligationState.RETURNED
    office.submit(PLAN_OF, DETAILED_PLAN, now=at((27, 5)))
    remarks = [ComplianceRow(number=1, mark=Mark.PASS, remark="Ghi rõ nguồn"), *ROWS[1:]]
    judge(office.engine, Result.PASS_WITH_REMARKS, rows=remarks, seen=2, now=at((28, 5)))
    forms = read_forms(office.engine, PLAN_OF, commune=COMMUNE)
    assert [(form.version, form.edition, form.result) for form in forms] == [
        (1, 1, Result.RETURN), (2, 1, Result.PASS_WITH_REMARKS),
    ]  # fmt: skip
    (asked,) = questions.find_open_questions(office.engine, commune=COMMUNE, unit_id="dt-hnd")
    assert "Ghi rõ nguồn" in asked.text


@pytest.mark.slow
def test_rules_suggest_from_words_and_files(
    office: Office, blobs: BlobStore, calendar: WorkingCalendar
) -> None:
    said = "Ngày 10/6/2026. Báo cáo 22/6; phụ trách: bà Hoa 0912345678"
    document = write_docx(final_report(), modified=SENT)
    kept = {"ke-hoach.docx": document, "hong.pdf": b"%PDF-1.4 broken", "anh.jpg": b"x"}
    files = tuple(
        Attachment(sha256=blobs.put(octets), name=name, size=len(octets))
        for name, octets in kept.items()
    )
    found = {}
    for unit, given in (("th-mn", files), ("th-th", files[1:]), ("dt-hnd", files)):
        answer = DETAILED_PLAN.model_copy(
            update={"attachments": given, "narrative": {"noi_dung": said}}
        )
        id_ = owed_by(unit, "KHCT")
        office.submit(id_, answer, now=SENT)
        item = read_review_item(office.engine, id_, commune=COMMUNE, calendar=calendar, now=SENT)
        assert item.latest is not None
        found[unit] = suggest(
            item.plan, item.unit, item.latest, blobs=blobs, rules=read_rule_set(),
            calendar=calendar,
        )  # fmt: skip
    assert 3 in found["th-mn"]  # the linter read the DOCX
    assert found["th-mn"][12].mark is Mark.PASS
    assert {n: one.mark for n, one in found["th-th"].items()} == {2: Mark.PASS, 12: Mark.PASS}
    assert found["dt-hnd"][3].mark is Mark.NOT_APPLICABLE


def letters(engine: Engine) -> list[tuple[str, str, list[str]]]:
    o = tables.outbox.c
    with transaction(engine) as connection:
        rows = connection.execute(
            select(o.unit_id, o.contact_id, o.context).where(o.kind == "E25").order_by(o.id)
        ).all()
    return [(r.unit_id, r.contact_id, [p["unit_name"] for p in r.context["plans"]]) for r in rows]


def test_a_review_beyond_its_term_is_told_to_the_head_once_for_what_is_new(
    office: Office, calendar: WorkingCalendar
) -> None:
    engine = office.engine
    office.submit(PLAN_OF, DETAILED_PLAN, now=at((25, 5)))  # a Monday: due on Wednesday the 27th
    office.submit(owed_by("dt-pn", "KHCT"), DETAILED_PLAN, now=at((26, 5)))

    def escalate(day: int, month: int = 5) -> int:
        return escalate_reviews(
            engine, commune=COMMUNE, calendar=calendar, now=at((day, month), "08:00")
        )

    assert escalate(27) == 0  # the last day of the term
    assert [escalate(28) for _ in range(3)] == [1, 0, 0]
    assert escalate(29) == 1  # one more is overdue
    assert escalate(30) == 0  # a Saturday
    judge(engine, now=at((29, 5)))
    assert escalate(1, 6) == 0  # one is settled: nothing new to tell
    (first, second) = letters(engine)
    assert first[:2] == ("vp", "vp.head")
    assert [len(first[2]), len(second[2])] == [1, 2]
    board = read_board(engine, PLAN, calendar=calendar, as_of=at((1, 6)))
    late = [r for r in board.rows if r.requirement_id == "RS" and r.standing == "overdue"]
    assert len(late) == 1  # and nothing passed by itself
    assert office.obligation(owed_by("dt-pn", "KHCT")).state is ObligationState.SUBMITTED


def test_an_office_whose_head_cannot_be_reached_gets_no_letter(
    office: Office, calendar: WorkingCalendar
) -> None:
    office.submit(PLAN_OF, DETAILED_PLAN, now=at((25, 5)))
    c = tables.contacts.c
    with transaction(office.engine) as connection:
        connection.execute(
            update(tables.contacts).where(c.unit_id == "vp").values(flagged_at=at((25, 5)))
        )
    now = at((29, 5))
    assert escalate_reviews(office.engine, commune=COMMUNE, calendar=calendar, now=now) == 0


def test_the_queue_is_oldest_first_with_what_asks_for_a_second_look(
    office: Office, calendar: WorkingCalendar
) -> None:
    office.submit(owed_by("thon-02"), now=at((20, 6)))
    office.submit(owed_by("thon-01"), now=at((19, 6)))
    office.submit(owed_by("thon-03"), NIL, now=at((21, 6)))
    office.submit(PLAN_OF, DETAILED_PLAN, now=at((22, 6)))
    questions.ask(office.engine, owed_by("thon-02"), text="?", by="vp", now=at((20, 6)))
    found = read_queue(office.engine, commune=COMMUNE, calendar=calendar, now=at((23, 6)))
    assert [one.obligation.unit_id for one in found] == ["thon-01", "thon-02", "thon-03", "dt-hnd"]
    assert [one.open_questions for one in found] == [0, 1, 0, 0]
    assert [one.is_plain for one in found][1::2] == [False, False]
    assert found[0].is_late is False
    only = [one for one in found if QueueFilter(unit="thon-03", product="PSL").takes(one)]
    assert [one.obligation.state for one in only] == [ObligationState.NIL]
    assert read_queue(office.engine, commune="dong-hoa", calendar=calendar, now=at((23, 6))) == ()


def test_a_question_is_asked_once_and_the_first_answer_stays(office: Office) -> None:
    id_, engine = owed_by("thon-01"), office.engine
    with pytest.raises(RefusedError, match="chưa gửi bản nào"):
        questions.ask(engine, id_, text="?", by="vp", now=SENT)
    office.submit(id_, now=SENT)
    with pytest.raises(RefusedError, match="nội dung cần hỏi"):
        questions.ask(engine, id_, text="  ", by="vp", now=SENT)
    number = questions.ask(engine, id_, text="Gồm ai?", by="vp", now=SENT)
    assert questions.ask(engine, id_, text=" Gồm ai? ", by="vp", now=SENT) == number
    given: dict[str, Any] = {
        "commune": COMMUNE, "unit_id": "thon-01", "by": "thon-01.contact",
        "channel": Channel.MAIL, "now": SENT,
    }  # fmt: skip
    with pytest.raises(RefusedError, match="trả lời"):
        questions.answer_question(engine, number, text=" ", **given)
    for foreign in ({"unit_id": "thon-02"}, {"commune": "dong-hoa"}):
        with pytest.raises(UsageError):
            questions.answer_question(engine, number, text="x", **(given | foreign))
    answers = [
        questions.answer_question(engine, number, text=text, **given)
        for text in ("Học sinh", "Khác")
    ]
    assert answers == [True, False]
    with transaction(engine) as connection:
        (kept,) = questions.read_questions(connection, id_, commune=COMMUNE)
    assert (kept.answer, kept.channel, kept.is_open) == ("Học sinh", Channel.MAIL, False)
    assert office.obligation(id_).state is ObligationState.SUBMITTED


def test_requests_for_more_time_wait_until_they_are_decided(office: Office) -> None:
    engine = office.engine
    for unit, day in (("thon-02", 11), ("thon-01", 12)):
        request_extension(engine, owed_by(unit), reason="mưa", proposed_due_at=None,
                          requested_by=f"{unit}.contact", now=at((day, 6)))  # fmt: skip
    found = read_requests(engine, commune=COMMUNE)
    assert [one.obligation.unit_id for one in found] == ["thon-02", "thon-01"]
    assert read_requests(engine, commune="dong-hoa") == ()
    grant_extension(engine, owed_by("thon-02"), until=at((26, 6)), by="vp", now=at((13, 6)))
    assert len(read_requests(engine, commune=COMMUNE)) == 1


def test_a_judgement_of_an_older_version_changes_nothing(office: Office) -> None:
    id_ = owed_by("thon-01")
    office.submit(id_, now=SENT)
    office.submit(id_, Answer(values={"TT01": 9}), now=SENT, nonce="2")
    with pytest.raises(VersionChangedError, match="bản 2"):
        accept(office.engine, id_, reviewer="vp", now=SENT, seen=1)
    with pytest.raises(VersionChangedError):
        return_to_unit(office.engine, id_, remarks={"TT01": "x"}, due_at=at((30, 5)),
                       reviewer="vp", now=SENT, seen=1)  # fmt: skip
    assert office.obligation(id_).state is ObligationState.SUBMITTED
    assert accept(office.engine, id_, reviewer="vp", now=SENT, seen=2)


def test_a_product_of_another_commune_is_not_found(
    office: Office, calendar: WorkingCalendar
) -> None:
    with pytest.raises(UsageError, match="Không có nghĩa vụ"):
        read_review_item(
            office.engine, owed_by("thon-01"), commune="dong-hoa", calendar=calendar, now=SENT
        )
