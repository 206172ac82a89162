"""One round of mail from a desk: settle what a dead sender left, then send what is due."""

from uuid import uuid4

from adapters.locks import is_alive, owner_lock
from adapters.mail_catcher import holds
from adapters.smtp import Mailer
from services import delivery
from services.delivery import Delivery
from services.desk import Desk


def resolve_stranded(desk: Desk) -> int:
    """Settle letters whose sender died; the catcher's folder is the oracle on this machine."""
    folder = desk.settings.mail_folder if desk.settings.is_loopback_mail else None
    return delivery.resolve(
        desk.engine,
        commune=desk.commune,
        is_alive=lambda owner: is_alive(desk.locks, owner),
        holds=(lambda message_id: holds(folder, message_id)) if folder else None,
        now=desk.now,
    )


async def send_due(desk: Desk) -> Delivery:
    """Send every letter whose time has come, holding this sender's lock."""
    owner = str(uuid4())
    with owner_lock(desk.locks, owner):
        async with Mailer(desk.relay) as mailer:
            return await delivery.deliver(
                desk.engine, commune=desk.commune, mailer=mailer, composer=desk.composer(),
                owner=owner, policy=desk.policy, now=desk.now,
            )  # fmt: skip
