"""The fence around copies: a database that is not the one this home knows sends nothing."""

from models.values import Value


class Epoch(Value):
    """The database's own account: which one it is, and how many letters it saw accepted."""

    instance_id: str
    seq: int


class Witness(Value):
    """The same account kept outside the database, with the machine it was written on."""

    epoch: Epoch
    machine_id: str | None = None


def doubt_about(epoch: Epoch, witness: Witness | None, *, machine_id: str | None) -> str | None:
    """Tell in Vietnamese why the database may be a copy; None when it is the one known here."""
    if max(epoch.seq, witness.epoch.seq if witness else 0) == 0:
        return None
    if witness is None:
        return f"thư mục dữ liệu này chưa biết cơ sở dữ liệu đã gửi {epoch.seq} thư"
    if witness.epoch.instance_id != epoch.instance_id:
        return "thư mục dữ liệu này đã dùng với một cơ sở dữ liệu khác"
    if epoch.seq < witness.epoch.seq:
        return f"cơ sở dữ liệu chỉ ghi {epoch.seq} thư, thực tế đã gửi {witness.epoch.seq} thư"
    if machine_id and witness.machine_id and machine_id != witness.machine_id:
        return "hệ thống đã được chuyển sang máy khác"
    return None
