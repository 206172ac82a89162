"""Commands about accounts: who may sign in to the pages, as what, and with which first link."""

from typing import Annotated

import typer

from cli.console import AsJson, By, answer, at_desk, print_table
from config.settings import Settings
from models.accounts import LINK_LIFETIME, ROLE_NAMES, Account, LinkPurpose, Role
from models.errors import RefusedError
from models.vietnamese import format_instant
from services import accounts
from services.desk import Desk
from services.sign_in_links import first_sign_in_link, make_sign_in_link

app = typer.Typer(help="Tài khoản đăng nhập trang làm việc của xã.", no_args_is_help=True)
HOURS = int(LINK_LIFETIME.total_seconds()) // 3600
Name = Annotated[str, typer.Argument(help="Tên đăng nhập.")]
RoleArgument = Annotated[
    Role,
    typer.Argument(
        help="administrator (quản trị), office (văn phòng), leader (lãnh đạo), viewer (chỉ xem)."
    ),
]


@app.command("add")
def add(
    name: Name,
    *,
    role: Annotated[Role, typer.Option("--role", help="Vai trò.")],
    full_name: Annotated[str, typer.Option("--name", help="Họ và tên.")] = "",
    unit: Annotated[
        str | None, typer.Option("--unit", help="Mã đơn vị; không tự duyệt bài của đơn vị này.")
    ] = None,
    contact: Annotated[
        str | None, typer.Option("--contact", help="Mã đầu mối, với lãnh đạo được quyết định.")
    ] = None,
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Thêm tài khoản và in đường dẫn một lần để người đó tự đặt mật khẩu."""
    with at_desk() as desk:
        made = accounts.add_account(
            desk.engine, name, commune=desk.commune, full_name=full_name, role=role, by=by,
            now=desk.now, unit_id=unit, contact_id=contact,
        )  # fmt: skip
        _answer_link(desk, made, LinkPurpose.SET_PASSWORD, by=by, as_json=as_json)


@app.command("list")
def list_accounts(as_json: AsJson = False) -> None:
    """Liệt kê tài khoản."""
    with at_desk() as desk:
        found = accounts.find_accounts(desk.engine, commune=desk.commune)
    if as_json or not found:
        answer(found, as_json=as_json, text="Chưa có tài khoản nào; `dondoc up` lập tài khoản đầu.")
        return
    rows = [(a.id, a.name, ROLE_NAMES[a.role], a.unit_id or "", _state(a)) for a in found]
    print_table(("Tên đăng nhập", "Họ và tên", "Vai trò", "Đơn vị", "Tình trạng"), rows)


@app.command("role")
def set_role(name: Name, role: RoleArgument, by: By = "quản trị", as_json: AsJson = False) -> None:
    """Đổi vai trò của một tài khoản; có hiệu lực ngay."""
    with at_desk() as desk:
        changed = accounts.set_role(
            desk.engine, name, role, commune=desk.commune, by=by, now=desk.now
        )
    answer(changed, as_json=as_json, text=f"'{changed.id}' nay là {ROLE_NAMES[role]}.")


@app.command("contact")
def set_contact(
    name: Name,
    contact: Annotated[str, typer.Argument(help="Mã đầu mối của lãnh đạo, ví dụ ubnd.head.")],
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Gắn tài khoản với đầu mối của lãnh đạo, để quyết định báo cáo tổng kết sau khi đăng nhập."""
    with at_desk() as desk:
        changed = accounts.set_contact(
            desk.engine, name, contact, commune=desk.commune, by=by, now=desk.now
        )
    answer(changed, as_json=as_json, text=f"'{changed.id}' nay gắn với đầu mối {contact}.")


@app.command("reset")
def reset(name: Name, by: By = "quản trị", as_json: AsJson = False) -> None:
    """Bỏ mật khẩu cũ (mở lại nếu đã khóa) và in đường dẫn một lần để đặt mật khẩu mới."""
    with at_desk() as desk:
        found = accounts.clear_password(
            desk.engine, name, commune=desk.commune, by=by, now=desk.now
        )
        _answer_link(desk, found, LinkPurpose.SET_PASSWORD, by=by, as_json=as_json)


@app.command("disable")
def disable(name: Name, by: By = "quản trị", as_json: AsJson = False) -> None:
    """Khóa một tài khoản; các phiên đang mở kết thúc ngay."""
    with at_desk() as desk:
        changed = accounts.disable_account(
            desk.engine, name, commune=desk.commune, by=by, now=desk.now
        )
    text = f"Đã khóa '{name}'." if changed else f"'{name}' đã khóa từ trước."
    answer({"changed": changed}, as_json=as_json, text=text)


@app.command("sign-in-link")
def sign_in_link(name: Name, by: By = "quản trị", as_json: AsJson = False) -> None:
    """In đường dẫn đăng nhập một lần; người chưa có mật khẩu được đặt mật khẩu."""
    with at_desk() as desk:
        found = accounts.find_account(desk.engine, name, commune=desk.commune)
        purpose = LinkPurpose.SIGN_IN if found.has_password else LinkPurpose.SET_PASSWORD
        _answer_link(desk, found, purpose, by=by, as_json=as_json)


def first_link(desk: Desk, purpose: LinkPurpose) -> str | None:
    """Return the address by which the first administrator gets in; None when one has a password.

    Whoever reads the terminal that starts the pages is the administrator of this machine.
    """
    try:
        token = first_sign_in_link(
            desk.engine, commune=desk.commune, purpose=purpose, by="dondoc", now=desk.now
        )
    except RefusedError:
        return None
    return None if token is None else link_address(desk.settings, token)


def link_address(settings: Settings, token: str) -> str:
    """Return the address of a one-time link."""
    return f"{settings.portal_url}/vao/{token}"


def _answer_link(
    desk: Desk, account: Account, purpose: LinkPurpose, *, by: str, as_json: bool
) -> None:
    token = make_sign_in_link(
        desk.engine, account.id, commune=desk.commune, purpose=purpose, by=by, now=desk.now
    )
    address = link_address(desk.settings, token)
    text = f"Đường dẫn của '{account.id}' (dùng một lần, trong {HOURS} giờ):\n{address}"
    answer({"account": account, "link": address}, as_json=as_json, text=text)


def _state(account: Account) -> str:
    if account.disabled_at is not None:
        return f"khóa từ {format_instant(account.disabled_at)}"
    return "đang dùng" if account.has_password else "chưa đặt mật khẩu"
