"""The deployments as data: what runs, under which name, when by default, and how it is told."""

from importlib import import_module

from prefect import Flow

from models.errors import UsageError
from models.values import Value

POOL = "dondoc"
TAG = "dondoc"
WATCHED = "theo-doi"  # a run with this tag that fails starts the alarm flow


class DeploymentSpec(Value):
    """One deployment; what an administrator may change stands in Prefect, not here.

    ``phase`` names the flow of a plan's phases: the schedules then follow the windows of the
    active plans. Without it, each of ``clocks`` (minute and hour of a cron) runs all year.
    """

    entrypoint: str  # importable module.function
    name: str  # as the Prefect pages list it
    title: str
    description: str
    tags: tuple[str, ...] = ()
    phase: str | None = None
    clocks: tuple[str, ...] = ()
    weekdays: str = "1-6"
    runs_alone: bool = True  # a run that would overlap another is cancelled
    is_watched: bool = True  # the alarm flow is not: its own failure would start it without end

    @property
    def full_name(self) -> str:
        """The name Prefect finds the deployment by."""
        return f"{load_flow(self).name}/{self.name}"

    @property
    def labels(self) -> tuple[str, ...]:
        """All its tags."""
        return (TAG, *((WATCHED,) if self.is_watched else ()), *self.tags)

    @property
    def crons(self) -> tuple[str, ...]:
        """Schedules that depend on no plan."""
        return () if self.phase else tuple(f"{c} * * {self.weekdays}" for c in self.clocks)

    @property
    def text(self) -> str:
        """Title and description as the Prefect pages show them."""
        return f"**{self.title}**\n\n{self.description}"


def phase_flow(phase: str, title: str, description: str) -> DeploymentSpec:
    """Describe the flow of a phase: each morning of the phase, before the office-hours slot."""
    return DeploymentSpec(
        entrypoint=f"flows.{phase}.{phase}",
        name=title,
        title=title,
        description=f"{description} Chỉ làm việc trong thời gian của giai đoạn và vào ngày làm "
        "việc; ngoài ra lượt chạy kết thúc ngay, không gửi gì. Người quản trị được đổi, tắt hoặc "
        "thêm lịch.",
        tags=("giai-doan",),
        phase=phase,
        clocks=("35 7",),
    )


def action_flow(name: str, title: str, description: str) -> DeploymentSpec:
    """Describe a flow that a person starts from a form: no schedule, never dropped for another."""
    return DeploymentSpec(
        entrypoint=f"flows.{name}.{name}",
        name=title,
        title=title,
        description=description,
        tags=("thao-tac",),
        runs_alone=False,
    )


CHASE = DeploymentSpec(
    entrypoint="flows.chase.chase",
    name="Đôn đốc",
    title="Đôn đốc",
    description="Hai lượt mỗi ngày: soạn và gửi thư nhắc cho đơn vị còn nợ. Ngày nghỉ và ngày "
    "lễ không gửi; thứ Bảy làm bù vẫn gửi.",
    tags=("don-doc",),
    clocks=("30 7", "50 13"),
)
MAILROOM = DeploymentSpec(
    entrypoint="flows.mailroom.mailroom",
    name="Phòng thư",
    title="Phòng thư",
    description="Mười phút một lần, cả ngày nghỉ: đối soát thư dở dang và gửi những thư đến giờ "
    "gửi; ngoài giờ làm việc chỉ gửi giấy tiếp nhận và thư khẩn.",
    tags=("thu-tu",),
    clocks=("*/10 *",),
    weekdays="*",
)
ALARM = DeploymentSpec(
    entrypoint="flows.alarm.alarm",
    name="Cảnh báo",
    title="Cảnh báo",
    description="Báo người quản trị khi lượt chạy lỗi, khi đến 09 giờ ngày làm việc chưa có lượt "
    "đôn đốc, khi thư chờ quá một giờ. Do các tự động hóa (Automations) gọi; sau 09 giờ tự kiểm "
    "tra một lần.",
    tags=("canh-bao",),
    clocks=("5 9",),
    runs_alone=False,
    is_watched=False,
)

SPECS: tuple[DeploymentSpec, ...] = (
    phase_flow(
        "preparation",
        "Giai đoạn chuẩn bị",
        "Gửi kế hoạch và phần việc cho từng đơn vị, đôn đốc xác nhận và kế hoạch chi tiết, lập "
        "danh sách chờ thẩm định và bảng sẵn sàng.",
    ),
    phase_flow(
        "activities",
        "Giai đoạn tổ chức hoạt động",
        "Theo dõi hoạt động đã tổ chức, đôn đốc báo cáo định kỳ, báo cáo lãnh đạo.",
    ),
    phase_flow(
        "reporting",
        "Giai đoạn tổng kết, báo cáo",
        "Đôn đốc báo cáo của đơn vị, tổng hợp, lập dự thảo báo cáo, xin ý kiến lãnh đạo và gửi "
        "cấp trên.",
    ),
    CHASE,
    MAILROOM,
    ALARM,
    action_flow(
        "sign_off",
        "Xác nhận dự thảo",
        "Đơn vị tham mưu xác nhận nội dung, Văn phòng xác nhận thể thức; đủ hai xác nhận thì trình "
        "lãnh đạo.",
    ),
    action_flow(
        "decide",
        "Quyết định của lãnh đạo",
        "Phê duyệt hoặc trả lại dự thảo báo cáo; chỉ nhận đúng nội dung đã xem.",
    ),
    action_flow(
        "issue_report",
        "Cấp số và gửi báo cáo",
        "Nhập số, ngày do văn thư cấp cho báo cáo đã duyệt rồi gửi UBND tỉnh và sở.",
    ),
    action_flow("receive", "Xác nhận nơi nhận", "Ghi nhận UBND tỉnh hoặc sở đã nhận báo cáo."),
    action_flow("extend", "Gia hạn", "Gia hạn một nghĩa vụ của một đơn vị, có lý do."),
    action_flow("waive", "Miễn", "Miễn một nghĩa vụ cho một đơn vị, có lý do."),
)


def load_flow(spec: DeploymentSpec) -> Flow[..., object]:
    """Import the flow that the spec names.

    Raises:
        UsageError: there is no such module or function, or it is not a flow.
    """
    module, _, function = spec.entrypoint.rpartition(".")
    try:
        found = getattr(import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"Không tìm thấy luồng {spec.entrypoint}: {error}.") from error
    if not isinstance(found, Flow):
        raise UsageError(f"{spec.entrypoint} không phải là luồng Prefect (@flow).")
    return found
