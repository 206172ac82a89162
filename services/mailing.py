"""One round of mail from a desk: settle what a dead sender left, then send what is due."""

from uuid import uuid4

from adapters import owners
from adapters.loopback_connections import awaits_hearing
from models.letter_policies import quiet_period
from services import archives, brakes, restores
from services.delivery import Delivery, Sender, Traffic, deliver
from services.desk import Desk
from services.resolving import Resolver, resolve


def resolve_stranded(desk: Desk) -> int:
    """Settle letters whose sender died; the archive, where one is kept, is the oracle."""
    is_loopback = desk.settings.is_loopback_mail
    with archives.opened(desk) as oracle:
        return resolve(
            Resolver(
                engine=desk.engine,
                commune=desk.commune,
                is_alive=lambda owner: owners.is_alive(desk.engine, desk.locks, owner),
                oracle=oracle,
                quiet=quiet_period(is_loopback=is_loopback),
                monotonic=desk.monotonic,
                now=desk.now,
                is_reading=lambda: is_loopback and awaits_hearing(desk.relay.port),
            )
        )


def engage(desk: Desk) -> str | None:
    """Try every brake; tells why nothing may leave, None when all may."""
    return brakes.engage(
        desk.engine, commune=desk.commune, home=desk.settings.home, now=desk.now,
        monotonic=desk.monotonic, min_free_mb=desk.settings.min_free_mb,
    )  # fmt: skip


async def send_due(desk: Desk) -> Delivery:
    """Send every letter whose time has come, after every brake was tried.

    What was planned anew since a restore and had left before it is settled first.
    """
    engage(desk)
    restores.compare_late(desk)
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
