"""A submission is one version, stored once, checked before it is stored."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from adapters import tables
from adapters.database import transaction
from adapters.ledger import read_submission
from models.calendars import WorkingCalendar
from models.errors import ConflictError, RefusedError, SubmissionInvalidError, UsageError
from models.obligations import ObligationState, Standing
from models.submissions import Answer, Attachment, Channel
from services import reviews
from services.journal import read_journal
from services.submissions import submit
from tests.services.stage import (
    COMMUNE,
    DETAILED_PLAN,
    NIL,
    SHEET,
    Office,
    at,
    owed_by,
)

SHEET_OF_ONE = owed_by("thon-01")
PLAN_OF_FARMERS = owed_by("dt-hnd", "KHCT")
MORE = Answer(values={**SHEET.values, "TT12": 90})


def stored(office: Office, obligation_id: str, version: int) -> Answer:
    with transaction(office.engine) as connection:
        return read_submission(connection, obligation_id, version).answer


@pytest.mark.parametrize("channel", Channel)
def test_texts_are_stored_composed_whatever_channel_they_come_by(
    office: Office, channel: Channel
) -> None:
    words = "Tuyên truyền ở thôn Vịn, đã mời trưởng bản"
    typed = unicodedata.normalize("NFD", words)
    answer = Answer(
        values=SHEET.values | {"DG02": typed},
        notes={"TT01": typed},
        narrative={"thuyet_minh": typed},
    )
    receipt = submit(
        office.engine, SHEET_OF_ONE, answer, channel=channel, sent_by="thon-01.contact", nonce="n",
        calendar=office.calendar, now=at((18, 6)),
    )  # fmt: skip
    kept = stored(office, SHEET_OF_ONE, receipt.submission.version)
    assert kept.values["DG02"] == kept.notes["TT01"] == kept.narrative["thuyet_minh"] == words


def test_an_answer_is_stored_as_version_one_with_a_receipt(office: Office) -> None:
    receipt = office.submit(SHEET_OF_ONE, now=at((18, 6)))
    submission = receipt.submission
    assert receipt.is_new
    assert (submission.version, submission.received_at) == (1, at((18, 6)))
    assert submission.receipt_code.startswith("TN-")
    assert stored(office, SHEET_OF_ONE, 1) == SHEET
    after = office.obligation(SHEET_OF_ONE)
    assert (after.state, after.version) == (ObligationState.SUBMITTED, 1)
    assert after.first_received_at == at((18, 6))


def test_a_correction_is_a_new_version_and_the_old_one_stays(office: Office) -> None:
    office.submit(SHEET_OF_ONE, now=at((18, 6)))
    second = office.submit(SHEET_OF_ONE, MORE, now=at((19, 6)))
    assert second.submission.version == 2
    assert stored(office, SHEET_OF_ONE, 1) == SHEET
    assert stored(office, SHEET_OF_ONE, 2) == MORE
    after = office.obligation(SHEET_OF_ONE)
    assert (after.version, after.first_received_at) == (2, at((18, 6)))


def test_the_same_nonce_again_returns_the_first_receipt(engine: Engine, office: Office) -> None:
    first = office.submit(SHEET_OF_ONE, now=at((18, 6)), nonce="n1")
    before = (
        office.obligations(),
        office.count(tables.outbox),
        read_journal(engine, commune=COMMUNE),
    )
    again = office.submit(SHEET_OF_ONE, now=at((19, 6)), nonce="n1")
    assert (again.is_new, again.submission) == (False, first.submission)
    after = (
        office.obligations(),
        office.count(tables.outbox),
        read_journal(engine, commune=COMMUNE),
    )
    assert after == before
    assert office.count(tables.submissions) == 1


def test_a_repeated_nonce_is_answered_even_after_acceptance(office: Office) -> None:
    first = office.submit(SHEET_OF_ONE, now=at((18, 6)), nonce="n1")
    office.accept(SHEET_OF_ONE, now=at((18, 6), "09:00"))
    again = office.submit(SHEET_OF_ONE, now=at((18, 6), "09:30"), nonce="n1")
    assert again.submission == first.submission


@pytest.mark.parametrize(
    ("obligation_id", "answer"), [(SHEET_OF_ONE, MORE), (owed_by("thon-02"), SHEET)]
)
def test_a_nonce_with_another_content_or_obligation_is_a_conflict(
    office: Office, obligation_id: str, answer: Answer
) -> None:
    office.submit(SHEET_OF_ONE, now=at((18, 6)), nonce="n1")
    with pytest.raises(ConflictError, match="nội dung khác"):
        office.submit(obligation_id, answer, now=at((18, 6), "09:00"), nonce="n1")
    assert office.count(tables.submissions) == 1


def test_an_invalid_answer_stores_nothing_and_lists_every_finding(
    engine: Engine, office: Office
) -> None:
    before = (
        office.obligations(),
        office.count(tables.outbox),
        read_journal(engine, commune=COMMUNE),
    )
    wrong = Answer(values={"TT01": -1, "TT10": "hai", "ZZ99": 5})
    with pytest.raises(SubmissionInvalidError) as refused:
        office.submit(SHEET_OF_ONE, wrong, now=at((18, 6)))
    assert {f.field for f in refused.value.findings} >= {"TT01", "TT10", "ZZ99"}
    assert all(f.field in str(refused.value) for f in refused.value.findings)
    after = (
        office.obligations(),
        office.count(tables.outbox),
        read_journal(engine, commune=COMMUNE),
    )
    assert after == before
    assert office.count(tables.submissions) == 0


def test_a_warning_does_not_stop_an_answer(office: Office) -> None:
    report = Answer(document_number="12/BC-HND", document_date=at((18, 6)).date())
    receipt = office.submit(owed_by("dt-hnd", "BC"), report, now=at((18, 6)))
    assert receipt.is_new
    assert receipt.warnings
    assert not any(finding.is_error for finding in receipt.warnings)


def test_nothing_to_report_zero_and_absent_are_three_answers(office: Office) -> None:
    zero = Answer(values={"TT10": 0, "TT12": 0})
    silent = Answer(values={"TT12": 0})
    for unit_id, answer in (("thon-01", NIL), ("thon-02", zero), ("thon-03", silent)):
        office.submit(owed_by(unit_id), answer, now=at((18, 6)))
    nil, nought, absent = (stored(office, owed_by(f"thon-0{n}"), 1) for n in (1, 2, 3))
    assert nil.nil_reason
    assert not nil.values
    assert (nought.values["TT10"], nought.nil_reason) == (0, None)
    assert "TT10" not in absent.values
    states = {o.unit_id: o.state for o in office.obligations() if o.requirement_id == "PSL"}
    assert states["thon-01"] is ObligationState.NIL
    assert states["thon-02"] is states["thon-03"] is ObligationState.SUBMITTED
    assert states["thon-04"] is ObligationState.OWED


@pytest.mark.parametrize("is_waived", [False, True])
def test_a_closed_obligation_takes_no_more(office: Office, *, is_waived: bool) -> None:
    if is_waived:
        reviews.waive(office.engine, SHEET_OF_ONE, reason="sáp nhập", by="vhxh", now=at((18, 6)))
    else:
        office.submit(SHEET_OF_ONE, now=at((18, 6)))
        office.accept(SHEET_OF_ONE, now=at((18, 6), "09:00"))
    before = office.obligation(SHEET_OF_ONE)
    with pytest.raises(RefusedError, match="mở lại"):
        office.submit(SHEET_OF_ONE, MORE, now=at((19, 6)))
    assert office.obligation(SHEET_OF_ONE) == before


def test_an_unreviewed_product_is_accepted_on_receipt(office: Office) -> None:
    acknowledged = owed_by("thon-01", "XN")
    office.submit(acknowledged, Answer(), now=at((12, 5)))
    after = office.obligation(acknowledged)
    assert after.state is ObligationState.ACCEPTED
    assert after.closed_at == after.first_received_at == at((12, 5))


def test_a_received_detailed_plan_opens_a_review_that_the_verdict_closes(office: Office) -> None:
    office.submit(PLAN_OF_FARMERS, DETAILED_PLAN, now=at((20, 5)))
    review = office.obligation(owed_by("vp", "RS", "dt-hnd:1"))
    assert (review.state, review.due_at) == (ObligationState.OWED, at((22, 5), "17:00"))
    assert office.give_back(PLAN_OF_FARMERS, due=at((25, 5)), now=at((21, 5)))
    closed = office.obligation(review.id)
    assert (closed.state, closed.closed_at) == (ObligationState.ACCEPTED, at((21, 5)))


def test_a_resubmitted_detailed_plan_opens_another_review(office: Office) -> None:
    office.submit(PLAN_OF_FARMERS, DETAILED_PLAN, now=at((20, 5)))
    office.give_back(PLAN_OF_FARMERS, due=at((25, 5)), now=at((21, 5)))
    office.submit(PLAN_OF_FARMERS, DETAILED_PLAN, now=at((22, 5)))
    second = office.obligation(owed_by("vp", "RS", "dt-hnd:2"))
    assert (second.state, second.due_at) == (ObligationState.OWED, at((26, 5), "17:00"))
    office.accept(PLAN_OF_FARMERS, now=at((25, 5)))
    assert office.obligation(second.id).state is ObligationState.ACCEPTED


def test_a_verdict_closes_the_reviews_of_the_versions_it_replaces(office: Office) -> None:
    office.submit(PLAN_OF_FARMERS, DETAILED_PLAN, now=at((20, 5)))
    office.submit(PLAN_OF_FARMERS, DETAILED_PLAN, now=at((21, 5)))
    office.submit(owed_by("dt-pn", "KHCT"), DETAILED_PLAN, now=at((21, 5)))
    office.accept(PLAN_OF_FARMERS, now=at((22, 5)))
    states = {o.period: o.state for o in office.obligations() if o.requirement_id == "RS"}
    assert states == {
        "dt-hnd:1": ObligationState.ACCEPTED,
        "dt-hnd:2": ObligationState.ACCEPTED,
        "dt-pn:1": ObligationState.OWED,
    }


@pytest.mark.parametrize(
    ("hour", "expected"),
    [("17:00", Standing.DONE_ON_TIME), ("17:00:01", Standing.DONE_LATE)],
)
def test_on_time_is_judged_by_the_first_submission_to_the_second(
    office: Office, hour: str, expected: Standing
) -> None:
    office.submit(SHEET_OF_ONE, now=at((22, 6), hour))
    office.submit(SHEET_OF_ONE, MORE, now=at((25, 6)))
    office.accept(SHEET_OF_ONE, now=at((25, 6), "09:00"))
    row = next(r for r in office.board(at((26, 6))).rows if r.obligation_id == SHEET_OF_ONE)
    assert row.standing is expected
    assert row.received_at == at((22, 6), hour)


def test_an_answer_entered_for_a_unit_names_both(
    engine: Engine, calendar: WorkingCalendar, office: Office
) -> None:
    files = (Attachment(sha256="0" * 64, name="bao-cao.pdf", size=9),)
    receipt = submit(
        engine, SHEET_OF_ONE, SHEET.model_copy(update={"attachments": files}),
        channel=Channel.ENTERED, sent_by="thon-01.contact", entered_by="chị Hoa", nonce="n2",
        calendar=calendar, now=at((18, 6)),
    )  # fmt: skip
    assert receipt.submission.entered_by == "chị Hoa"
    assert stored(office, SHEET_OF_ONE, 1).attachments == files
    entries = read_journal(engine, commune=COMMUNE, subject_prefix=SHEET_OF_ONE)
    assert [(e.action, e.actor) for e in entries] == [("submission.received", "chị Hoa")]
    assert entries[0].detail["sent_by"] == "thon-01.contact"


def test_an_answer_to_nothing_is_an_error(office: Office) -> None:
    with pytest.raises(UsageError, match="dondoc status"):
        office.submit(owed_by("thon-99"), now=at((18, 6)))
    with transaction(office.engine) as connection, pytest.raises(UsageError, match="bản nộp 1"):
        read_submission(connection, SHEET_OF_ONE, 1)


def test_the_same_answer_sent_many_times_at_once_is_stored_once(office: Office) -> None:
    def send(_: int) -> bool:
        return office.submit(SHEET_OF_ONE, now=at((18, 6)), nonce="n1").is_new

    with ThreadPoolExecutor(6) as pool:
        new = list(pool.map(send, range(6)))
    assert sorted(new) == [False] * 5 + [True]
    assert office.count(tables.submissions) == 1
    assert office.obligation(SHEET_OF_ONE).version == 1


def test_different_answers_sent_at_once_are_all_versions(office: Office) -> None:
    def send(turn: int) -> int:
        answer = Answer(values={**SHEET.values, "TT12": 80 + turn})
        found = office.submit(SHEET_OF_ONE, answer, now=at((18, 6)), nonce=str(turn))
        return found.submission.version

    with ThreadPoolExecutor(6) as pool:
        versions = sorted(pool.map(send, range(6)))
    assert versions == [1, 2, 3, 4, 5, 6]
