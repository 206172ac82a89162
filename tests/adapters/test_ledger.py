"""Rows of the ledger come back as the values that went in."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.exc import StatementError

from adapters import tables
from adapters.database import transaction
from adapters.ledger import (
    PlanState,
    RegisteredContact,
    first_reachable,
    group_by_unit,
    insert_new,
    read_contacts,
    read_obligation,
    read_obligations,
    read_plan,
    read_plans,
    read_submission,
)
from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from models.errors import UsageError
from models.obligations import Obligation, ObligationState
from models.plans import PlanDossier
from models.submissions import Answer, Channel, Submission
from models.units import ContactRole
from tests.obligation_samples import at, owed

COMMUNE = "bat-mot"


def keep(engine: Engine, *obligations: Obligation, commune: str = COMMUNE) -> int:
    rows = [o.model_dump() | {"commune": commune} for o in obligations]
    with transaction(engine) as connection:
        return insert_new(connection, tables.obligations, rows)


def village(number: int, **changes: object) -> Obligation:
    unit = f"thon-{number:04}"
    return owed(id=f"kh/PSL/{unit}/1", unit_id=unit, **changes)


def contact(
    number: int, role: ContactRole = ContactRole.CONTACT, **more: object
) -> RegisteredContact:
    sample = RegisteredContact(
        id=f"c{number}", unit_id="vp", role=role, rank=number, title="Chuyên viên",
        email=f"c{number}@x.example",
    )  # fmt: skip
    return sample.model_copy(update=more)


def test_only_new_rows_are_inserted_and_counted(engine: Engine) -> None:
    assert keep(engine, village(1), village(2)) == 2
    changed = village(2, state=ObligationState.ACCEPTED)
    assert keep(engine, changed, village(3)) == 1
    with transaction(engine) as connection:
        assert read_obligation(connection, changed.id) == village(2)


def test_many_rows_are_inserted_and_counted(engine: Engine) -> None:
    many = [village(n) for n in range(1001)]
    assert keep(engine, *many) == len(many)
    assert keep(engine, *many) == 0
    with transaction(engine) as connection:
        counted = connection.execute(select(func.count()).select_from(tables.obligations)).scalar()
    assert counted == len(many)


def test_nothing_is_inserted_for_no_rows(engine: Engine) -> None:
    assert keep(engine) == 0


def test_an_obligation_comes_back_as_it_went_in(engine: Engine) -> None:
    full = village(
        1, state=ObligationState.RETURNED, extended_to=at(24), extended_at=at(20),
        extended_since=at(19), return_due_at=at(26), first_received_at=at(18), closed_at=at(27),
        version=2, returns=1,
    )  # fmt: skip
    keep(engine, full)
    with transaction(engine) as connection:
        assert read_obligation(connection, full.id) == full


def test_obligations_are_read_by_commune_plan_and_state(engine: Engine) -> None:
    done = village(2, state=ObligationState.ACCEPTED)
    other = village(3, plan_id="kh2")
    keep(engine, village(4), other, done)
    keep(engine, village(1), commune="dong-hoa")
    with transaction(engine) as connection:
        assert read_obligations(connection, commune=COMMUNE) == (done, other, village(4))
        assert read_obligations(connection, commune=COMMUNE, plan_id="kh") == (done, village(4))
        states = [ObligationState.ACCEPTED]
        assert read_obligations(connection, commune=COMMUNE, states=states) == (done,)
        assert read_obligations(connection, commune=COMMUNE, states=[]) == ()


def test_instants_are_kept_in_utc_and_never_naive(engine: Engine) -> None:
    keep(engine, village(1, opened_at=at(1).astimezone(ZoneInfo("America/New_York"))))
    with transaction(engine) as connection:
        found = read_obligation(connection, village(1).id).opened_at
    assert (found, found.utcoffset()) == (at(1), at(1) - at(1))
    with pytest.raises(StatementError, match="naive"):
        keep(engine, village(2, opened_at=datetime(2026, 6, 1, 8)))  # noqa: DTZ001 - the fault itself


@pytest.fixture(scope="module")
def dossier() -> PlanDossier:
    return read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")


def put_plan(engine: Engine, dossier: PlanDossier, plan_id: str, **changes: object) -> None:
    row = {
        "id": plan_id, "commune": COMMUNE, "dossier": dossier.model_dump(mode="json"),
        "sha256": "x", "state": PlanState.DRAFT, "imported_at": at(1),
    }  # fmt: skip
    with transaction(engine) as connection:
        connection.execute(insert(tables.plans).values(row | changes))


def test_number_and_day_of_issue_are_applied_to_the_dossier(
    engine: Engine, dossier: PlanDossier
) -> None:
    put_plan(engine, dossier, "a", number=15, issued_on=at(11).date(), state=PlanState.ACTIVE)
    with transaction(engine) as connection:
        found = read_plan(connection, "a")
    issued = {"number": 15, "issued_on": at(11).date()}
    assert found.dossier.plan == dossier.plan.model_copy(update=issued)
    assert (found.dossier.units, found.dossier.catalogue) == (dossier.units, dossier.catalogue)


def test_a_plan_that_was_renewed_or_numbered_is_never_shown_as_it_was(
    engine: Engine, dossier: PlanDossier
) -> None:
    put_plan(engine, dossier, "a", sha256="first")
    fewer = dossier.units.model_copy(update={"units": dossier.units.units[:3]})
    renewed = dossier.model_copy(update={"units": fewer}).model_dump(mode="json")
    changes: tuple[dict[str, object], ...] = (
        {},
        {"dossier": renewed, "sha256": "second"},
        {"number": 15},
        {"state": PlanState.ACTIVE},
    )
    found = []
    for change in changes:
        with transaction(engine) as connection:
            if change:
                connection.execute(update(tables.plans).values(change))
            plan = read_plan(connection, "a")
        found.append((len(plan.dossier.units.units), plan.dossier.plan.number, plan.state))
    everyone = len(dossier.units.units)
    assert found == [
        (everyone, None, PlanState.DRAFT),
        (3, None, PlanState.DRAFT),
        (3, 15, PlanState.DRAFT),
        (3, 15, PlanState.ACTIVE),
    ]


def test_plans_are_read_oldest_first_and_by_state(engine: Engine, dossier: PlanDossier) -> None:
    put_plan(engine, dossier, "b", imported_at=at(2))
    put_plan(engine, dossier, "c", imported_at=at(1))
    put_plan(engine, dossier, "a", imported_at=at(2), state=PlanState.ACTIVE)
    with transaction(engine) as connection:
        assert [p.id for p in read_plans(connection, commune=COMMUNE)] == ["c", "a", "b"]
        active = read_plans(connection, commune=COMMUNE, state=PlanState.ACTIVE)
        assert [p.id for p in active] == ["a"]
        assert read_plans(connection, commune="dong-hoa") == ()


def test_what_does_not_exist_is_named(engine: Engine) -> None:
    with transaction(engine) as connection:
        with pytest.raises(UsageError, match="'kh-la'"):
            read_plan(connection, "kh-la")
        with pytest.raises(UsageError, match="'kh/la'"):
            read_obligation(connection, "kh/la")
        with pytest.raises(UsageError, match="bản nộp 3 của 'kh/la'"):
            read_submission(connection, "kh/la", 3)


def test_a_submission_comes_back_as_it_went_in(engine: Engine) -> None:
    rows = ({"event_id": "e1", "participants": 40, "role": "lead"},)
    answer = Answer(
        values={"TT10": 0, "TT04": {"zalo": 2}, "HD01": rows, "CD02": True, "DG02": "mưa"},
        notes={"TT10": "không họp"}, narrative={"ưu điểm": "đông đủ"},
        document_number="5/BC", document_date=at(18).date(),
    )  # fmt: skip
    sent = Submission(
        id="kh/a@1", obligation_id="kh/a", version=1, received_at=at(18), channel=Channel.MAIL,
        sent_by="c1", answer=answer, receipt_code="TN-1", sha256="x",
    )  # fmt: skip
    values = sent.model_dump() | {"answer": answer.model_dump(mode="json"), "nonce": "n"}
    with transaction(engine) as connection:
        connection.execute(insert(tables.submissions).values(values))
        assert read_submission(connection, "kh/a", 1) == sent


def test_contacts_are_read_by_unit_role_and_rank(engine: Engine) -> None:
    contacts = (
        contact(1), contact(2, flagged_at=at(3), flag_reason="550"),
        contact(1, ContactRole.HEAD, id="h1"), contact(0, id="z", unit_id="xa"),
    )  # fmt: skip
    rows = [c.model_dump() | {"commune": COMMUNE} for c in reversed(contacts)]
    with transaction(engine) as connection:
        insert_new(connection, tables.contacts, rows)
        assert read_contacts(connection, commune=COMMUNE) == contacts
        assert read_contacts(connection, commune="dong-hoa") == ()


def test_contacts_are_grouped_by_unit_in_their_order() -> None:
    first, second, other = contact(2), contact(1), contact(3, unit_id="kt")
    assert group_by_unit([first, other, second]) == {"vp": (first, second), "kt": (other,)}


HEAD = contact(5, ContactRole.HEAD)
DEAD = contact(1, flagged_at=at(3))


@pytest.mark.parametrize(
    ("contacts", "role", "expected"),
    [
        ((contact(2), contact(1), HEAD), ContactRole.CONTACT, "c1"),
        ((DEAD, contact(2), HEAD), ContactRole.CONTACT, "c2"),
        ((DEAD, HEAD), ContactRole.CONTACT, "c5"),
        ((contact(1),), ContactRole.HEAD, None),
        ((DEAD,), ContactRole.CONTACT, None),
        ((contact(1, unit_id="kt"),), ContactRole.CONTACT, None),
    ],
)
def test_a_letter_goes_to_the_first_living_contact_and_else_to_the_head(
    contacts: Sequence[RegisteredContact], role: ContactRole, expected: str | None
) -> None:
    found = first_reachable(contacts, "vp", role)
    assert (found.id if found else None) == expected
