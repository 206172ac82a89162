"""``dondoc rehearse``: the whole campaign of a plan, played on a simulated clock."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import AsJson
from cli.rehearsal.campaign import rehearse


def rehearse_command(
    plan: Annotated[str, typer.Argument(help="Tệp kế hoạch, tên tệp hoặc mã kế hoạch.")],
    *,
    scenario: Annotated[
        str, typer.Option("--scenario", help="Tên kịch bản (typical, punctual, worst) hoặc tệp.")
    ] = "typical",
    through: Annotated[
        str,
        typer.Option(
            "--through",
            help="Bài gửi của đơn vị đi qua trang và thư thật: portal, mail hoặc portal,mail.",
        ),
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="Thư mục kết quả; mặc định var/rehearsal/...")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Chạy xong thì mở các trang để xem, đến khi Ctrl+C.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Diễn tập toàn bộ kế hoạch trên đồng hồ giả lập; không đụng tới dữ liệu và thư thật."""
    raise typer.Exit(
        rehearse(plan, scenario=scenario, through=through, out=out, serve=serve, as_json=as_json)
    )
