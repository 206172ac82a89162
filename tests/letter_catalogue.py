"""One believable letter of every kind, as the commune would send it."""

from datetime import date

from models.alarms import AlarmContext, AlarmKind, AlarmRow
from models.leader_contexts import (
    BulletinContext,
    DecisionContext,
    DecisionWord,
    DispatchContext,
    ForDecisionContext,
    LeaderReportContext,
)
from models.letter_contexts import (
    AcceptedContext,
    AssignmentContext,
    ChangeRow,
    ClosingContext,
    ComplianceOverdueContext,
    ExtensionContext,
    LinkContext,
    QuestionContext,
    ReceiptContext,
    ResendContext,
    ReturnedContext,
)
from models.letter_frames import LetterContext
from models.letter_rows import DutyRow, LateUnitRow, OverduePlanRow, RemarkRow, UnitTaskRow
from models.letters import LetterKind
from models.mail_contexts import AskSenderContext, UnclearReplyContext
from models.plans import RequirementKind
from tests.letter_samples import (
    ADMINISTRATOR,
    COORDINATOR,
    FRAME,
    LEADER,
    PAGE,
    PROVINCE,
    REMINDERS,
    SCHOOL,
    VILLAGE,
    at,
    detailed_plan,
    reminder_of,
    task,
)

PRODUCT = {
    "frame": FRAME,
    "to": SCHOOL,
    "product": "báo cáo kết quả thực hiện Kế hoạch",
    "short_name": "báo cáo kết quả",
    "due_at": at(22),
}

ASSIGNMENT = AssignmentContext(
    frame=FRAME,
    to=SCHOOL,
    duties=(
        DutyRow(
            code="DTT-1",
            text="Căn cứ chức năng, nhiệm vụ và điều kiện thực tế, chủ động xây dựng kế hoạch chi tiết, tổ chức các hoạt động hưởng ứng phù hợp",
            role="chủ động thực hiện",
            product="Kế hoạch chi tiết; các hoạt động hưởng ứng",
            due_at=at(29, month=5),
        ),
        DutyRow(
            code="DTT-2",
            text="Tích cực cử cán bộ, hội viên, đoàn viên, học sinh tham gia các hoạt động do Ủy ban nhân dân xã tổ chức",
            role="tham gia",
            product="Số lượt người tham gia",
            due_wording="trong tháng 6 năm 2026",
        ),
        DutyRow(
            code="DTT-3",
            text="Thực hiện báo cáo kết quả thực hiện về Ủy ban nhân dân xã",
            role="báo cáo",
            product="Báo cáo kết quả",
            due_at=at(22),
        ),
    ),
    products=(
        detailed_plan(10),
        task(
            3,
            kind=RequirementKind.ACKNOWLEDGEMENT,
            product="xác nhận đã nhận Kế hoạch và nhiệm vụ được giao",
            due_at=at(20, month=5),
        ),
        task(25),
    ),
)

LEADER_REPORT = LeaderReportContext(
    frame=FRAME,
    to=LEADER,
    product="báo cáo kết quả thực hiện Kế hoạch",
    at=at(25, 7, 30),
    sent_on_time=15,
    sent_late=3,
    missing=(
        LateUnitRow(
            unit_name="Trường Tiểu học và Trung học cơ sở Bát Mọt",
            head_name="Nguyễn Thị Huệ",
            working_days_late=3,
            times_reminded=6,
            reason="Đang chờ số liệu các điểm trường",
        ),
        LateUnitRow(unit_name="Thôn Hón", working_days_late=3, times_reminded=5),
    ),
    impact="chưa có số liệu tập huấn của 02 đơn vị",
    working_days_left=2,
    formal_letter_attached=True,
    blockers=(
        "2 đơn vị chưa gửi báo cáo: Trường Tiểu học và Trung học cơ sở Bát Mọt; Thôn Hón",
        "Chưa tổng hợp dự thảo (chậm nhất 11 giờ 30 ngày 25/6/2026)",
    ),
)

BULLETIN = BulletinContext(
    frame=FRAME,
    to=LEADER,
    week=24,
    from_day=date(2026, 6, 8),
    to_day=date(2026, 6, 12),
    done_on_time=20,
    done_late=2,
    running_in_time=18,
    running_overdue=1,
    waiting=3,
    due_soon=4,
    waived=1,
    asks=("Đồng ý để Thôn Hón gửi kế hoạch chi tiết chậm đến ngày 16/6/2026",),
    overdue=(
        UnitTaskRow(
            unit_name="Thôn Hón",
            product="kế hoạch chi tiết",
            due_at=at(29, month=5),
            working_days=-10,
        ),
    ),
    soon=(
        UnitTaskRow(
            unit_name="Phòng Văn hóa - Xã hội",
            product="báo cáo định kỳ kỳ 2",
            due_at=at(16),
            working_days=2,
        ),
    ),
    highlights=("Đã tổ chức 05 buổi tọa đàm với 412 lượt người tham gia",),
    forecast="bảo đảm thời hạn",
    forecast_reason="22/44 nhiệm vụ đã hoàn thành, còn 11 ngày làm việc",
)

FOR_DECISION = ForDecisionContext(
    frame=FRAME,
    to=LEADER,
    report_name="Báo cáo kết quả tổ chức các hoạt động hưởng ứng Ngày Khoa học, Công nghệ và Đổi mới sáng tạo Việt Nam",
    short_name="báo cáo tổng kết",
    version=2,
    sent=20,
    total=22,
    missing_units=("Trường Mầm non Bát Mọt", "Thôn Hón"),
    checker_name="Văn phòng HĐND - UBND",
    checked_on=date(2026, 6, 25),
    check_result="đạt",
    notes=("Số lượt người tham gia tăng 35 so với bản dự thảo số 1",),
    issue_by=at(26),
)

ALARMS = AlarmContext(
    frame=FRAME.model_copy(
        update={"plan_code": "DONDOC", "coordinator_name": "Hệ thống Đôn Đốc"}
        | {"officer_name": "", "officer_phone": ""}
    ),
    to=ADMINISTRATOR,
    alarms=tuple(
        AlarmRow(title=kind.heading, text=text, since=at(22, 9, 10), advice=kind.advice)
        for kind, text in (
            (AlarmKind.NO_MORNING_ROUND, "Đến 09 giờ 10 chưa có lượt đôn đốc nào hoàn thành."),
            (AlarmKind.LETTERS_WAIT, "12 thư chờ từ 07 giờ 30 ngày 22/6/2026."),
        )
    ),
    others=3,
)

LETTERS: dict[LetterKind, LetterContext] = {
    LetterKind.ASSIGNMENT: ASSIGNMENT,
    **{kind: reminder_of(kind) for kind in REMINDERS},
    LetterKind.LEADER_INFORMED: LEADER_REPORT,
    LetterKind.RECEIPT: ReceiptContext.model_validate(
        PRODUCT
        | {
            "received_at": at(22, 16, 5),
            "on_time": True,
            "receipt_code": "BM-7K2Q-9",
            "files": ("báo cáo kết quả.docx", "phụ lục số liệu.xlsx"),
            "check_by": at(24, 11, 30),
        }
    ),
    LetterKind.RESEND: ResendContext.model_validate(
        PRODUCT
        | {
            "received_at": at(22, 16, 5),
            "file_name": "BC (1) (2).doc",
            "reason": "tệp có mật khẩu",
            "resend_by": at(24),
        }
    ),
    LetterKind.RETURNED: ReturnedContext.model_validate(
        PRODUCT
        | {
            "received_at": at(22, 16, 5),
            "times": 1,
            "remarks": (
                RemarkRow(
                    field="Số lượt người tham gia tọa đàm",
                    message="Số lượt người (1.200) lớn hơn tổng số học sinh và giáo viên của trường",
                    hint="Kiểm tra lại biên bản từng buổi",
                ),
                RemarkRow(field="Kinh phí", message="Ghi rõ nguồn kinh phí đã sử dụng"),
            ),
            "resend_by": at(24, 11, 30),
        }
    ),
    LetterKind.ACCEPTED: AcceptedContext.model_validate(
        PRODUCT
        | {
            "received_at": at(22, 16, 5),
            "on_time": True,
            "receipt_code": "BM-7K2Q-9",
            "figures_attached": True,
            "correct_by": at(25, 11, 30),
        }
    ),
    LetterKind.BULLETIN: BULLETIN,
    LetterKind.FOR_DECISION: FOR_DECISION,
    LetterKind.DECISION: DecisionContext(
        frame=FRAME,
        to=COORDINATOR,
        report_name=FOR_DECISION.report_name,
        short_name="báo cáo tổng kết",
        version=2,
        leader_title="Phó Chủ tịch",
        leader_name="Lê Văn Công",
        decision=DecisionWord.RETURNED,
        decided_at=at(26, 9, 5),
        opinion="Bổ sung số liệu của Trường Mầm non",
        next_step="chỉnh sửa, trình lại dự thảo",
        next_step_by=at(26, 15),
    ),
    LetterKind.DISPATCH: DispatchContext(
        frame=FRAME.model_copy(update={"page_url": None}),
        to=PROVINCE,
        recipients=("Ủy ban nhân dân tỉnh Thanh Hóa", "Sở Khoa học và Công nghệ tỉnh Thanh Hóa"),
        basis="Công văn số 7834/UBND-CNXDKH ngày 30/4/2026 của Ủy ban nhân dân tỉnh",
        report_number="45/BC-UBND",
        report_day=date(2026, 6, 26),
        report_matter="kết quả tổ chức các hoạt động hưởng ứng Ngày Khoa học, Công nghệ và Đổi mới sáng tạo Việt Nam",
        short_matter="kết quả hưởng ứng Ngày KHCN&ĐMST Việt Nam",
        issued_at=at(26, 16, 10),
    ),
    LetterKind.EXTENSION: ExtensionContext.model_validate(
        PRODUCT
        | {
            "task_code": "DTT-3",
            "granted_until": at(24, 11, 30),
            "decided_by": "đồng chí Lê Văn Công - Phó Chủ tịch Ủy ban nhân dân xã",
        }
    ),
    LetterKind.CLOSING: ClosingContext(
        frame=FRAME,
        to=VILLAGE,
        dispatched_on=date(2026, 6, 26),
        document_count=64,
        kept_at="Văn thư Ủy ban nhân dân xã",
    ),
    LetterKind.ALARM: ALARMS,
    LetterKind.LINK: LinkContext(
        frame=FRAME,
        to=VILLAGE,
        asked_at=at(18, 9),
        change=ChangeRow(
            full_name="Lò Văn Hoa",
            email="lo.van.hoa@thon-vin.example",
            phone="0912 345 678",
            reason="Thay đổi phân công từ ngày 20/6/2026",
        ),
        change_number=1,
        decide_url=FRAME.page_url,
        decide_by=at(25),
    ),
    LetterKind.QUESTION: QuestionContext.model_validate(
        PRODUCT
        | {
            "received_at": at(20, 9, 15),
            "question": "Số lượt người dự 02 buổi tuyên truyền đã gồm học sinh hay chưa?",
        }
    ),
    LetterKind.COMPLIANCE_OVERDUE: ComplianceOverdueContext(
        frame=FRAME,
        to=COORDINATOR,
        plans=(
            OverduePlanRow(
                unit_name="Hội Nông dân xã",
                product="phiếu rà soát tính tuân thủ của Hội Nông dân xã",
                due_at=at(2),
                working_days_late=1,
            ),
            OverduePlanRow(
                unit_name="Trường Mầm non Bát Mọt",
                product="phiếu rà soát tính tuân thủ của Trường Mầm non Bát Mọt (lần 2)",
                due_at=at(1),
                working_days_late=2,
            ),
        ),
        term_working_days=2,
    ),
    LetterKind.ASK_SENDER: AskSenderContext(
        frame=FRAME,
        to=VILLAGE,
        arrived_at=at(22, 16, 5),
        written_by="truongthon.hon@gmail.example",
        mail_subject="Re: Báo cáo kết quả",
        files=("bieu so lieu thon Hon.xlsx",),
        confirm_url=PAGE,
        valid_until=at(29, 17),
    ),
    LetterKind.UNCLEAR_REPLY: UnclearReplyContext.model_validate(
        PRODUCT
        | {
            "arrived_at": at(22, 16, 5),
            "mail_subject": "Re: Báo cáo kết quả",
            "files": ("bieu so lieu.xlsx",),
            "remarks": (
                RemarkRow(
                    field="Số buổi tuyên truyền (TT01), ô C12 trang “Số liệu”",
                    message="Số “12-15” là số âm hoặc là một khoảng; đề nghị ghi lại một số nguyên",
                    hint="Sửa ô đó trong biểu rồi trả lời thư này kèm biểu",
                ),
            ),
        }
    ),
}
