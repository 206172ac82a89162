"""One round of mail from a desk: settle what a dead sender left, then send what is due."""

from uuid import uuid4

from adapters import owners
from adapters.mail_catcher import holds
from models.letter_policies import quiet_period
from services import brakes
from services.delivery import Delivery, Sender, Traffic, deliver
from services.desk import Desk
from services.resolving import Oracle, Resolver, resolve, silence


def resolve_stranded(desk: Desk) -> int:
    """Settle letters whose sender died; the catcher's folder is the oracle on this machine."""
    return resolve(
        Resolver(
            engine=desk.engine,
            commune=desk.commune,
            is_alive=lambda owner: owners.is_alive(desk.engine, desk.locks, owner),
            oracle=_oracle(desk),
            quiet=quiet_period(is_loopback=desk.settings.is_loopback_mail),
            monotonic=desk.monotonic,
            now=desk.now,
        )
    )


def _oracle(desk: Desk) -> Oracle:
    if not desk.settings.is_loopback_mail:
        return silence
    return lambda message_id: holds(desk.settings.mail_folder, message_id)


async def send_due(desk: Desk) -> Delivery:
    """Send every letter whose time has come, after every brake was tried."""
    brakes.engage(
        desk.engine, commune=desk.commune, home=desk.settings.home, now=desk.now,
        monotonic=desk.monotonic, min_free_mb=desk.settings.min_free_mb,
    )  # fmt: skip
    owner = str(uuid4())
    with owners.living_owner(desk.engine, desk.locks, owner) as connection:
        sender = Sender(
            connection=connection, engine=desk.engine, commune=desk.commune, owner=owner,
            composer=desk.composer(), policy=desk.policy, relay=desk.relay,
            traffic=Traffic(
                connections=desk.settings.smtp_connections,
                rate_per_minute=desk.settings.smtp_rate_per_minute,
            ),
        )  # fmt: skip
        done = await deliver(sender, now=desk.now)
    brakes.rest(desk.engine, commune=desk.commune, home=desk.settings.home)
    return done
