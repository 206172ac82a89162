"""The signs of life: the portal's own, and the pulse of the rounds."""

from datetime import timedelta

from adapters.database import transaction
from services.rounds import MAIL_ROUND, MORNING_ROUND, record_round
from tests.portal.conftest import JUNE, Site


def beat(site: Site) -> None:
    desk = site.desk(JUNE)
    with transaction(desk.engine) as connection:
        for flow in (MORNING_ROUND, MAIL_ROUND):
            record_round(connection, flow, commune=desk.commune, now=JUNE)
    desk.engine.dispose()


def test_the_portal_is_alive_though_no_round_came(site: Site) -> None:
    site.move_to(JUNE)
    assert site.client.get("/suc-khoe").status_code == 200


def test_the_pulse_is_missed_until_the_rounds_come_and_after_two_ticks(site: Site) -> None:
    site.move_to(JUNE)
    assert site.client.get("/suc-khoe/nhip").status_code == 503
    beat(site)
    answer = site.client.get("/suc-khoe/nhip")
    assert answer.status_code == 200
    assert answer.json()["is_steady"]
    site.move_to(JUNE + timedelta(minutes=26))
    assert site.client.get("/suc-khoe/nhip").status_code == 503
