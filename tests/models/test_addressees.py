import pytest

from models.addressees import Addressee, RequestVerb, overlap_words, request_verb
from models.units import Contact, ContactRole, Salutation, Unit, UnitKind

ASKED_ONLY = {
    UnitKind.MASS_ORGANISATION,
    UnitKind.SECTOR,
    UnitKind.AUTHORITY,
    UnitKind.SUPERIOR,
}


@pytest.mark.parametrize("kind", UnitKind)
@pytest.mark.parametrize("times", range(6))
@pytest.mark.parametrize("allowed", [True, False], ids=["allowed", "forbidden"])
def test_a_unit_is_ordered_only_when_late_twice_and_allowed_and_subordinate(
    kind: UnitKind, times: int, *, allowed: bool
) -> None:
    verb = request_verb(kind, overdue_times=times, orders_allowed=allowed)
    expected = times >= 2 and allowed and kind not in ASKED_ONLY
    assert (verb is RequestVerb.ORDER) == expected


@pytest.mark.parametrize("kind", UnitKind)
def test_the_letters_and_the_register_agree_on_who_may_be_ordered(kind: UnitKind) -> None:
    unit = Unit(id="x", name="X", short_name="X", kind=kind, order=1)
    assert Addressee.of(unit).may_be_ordered == unit.may_be_ordered


@pytest.mark.parametrize("kind", [UnitKind.MASS_ORGANISATION, UnitKind.SECTOR])
def test_mass_organisations_and_sectors_are_asked_courteously(kind: UnitKind) -> None:
    addressee = Addressee(unit_code="X", unit_name="X", unit_kind=kind)
    assert addressee.verb == addressee.formal_verb == RequestVerb.ASK_COURTEOUSLY


def test_the_eve_of_a_deadline_asks_an_office_more_formally() -> None:
    office = Addressee(unit_code="KT", unit_name="Phòng Kinh tế", unit_kind=UnitKind.OFFICE)
    assert office.verb is RequestVerb.ASK
    assert office.formal_verb is RequestVerb.ASK_UPWARDS


@pytest.mark.parametrize(
    ("title", "unit", "position"),
    [
        ("Hiệu trưởng", "Trường Mầm non Bát Mọt", "Hiệu trưởng Trường Mầm non Bát Mọt"),
        ("Trưởng thôn", "Thôn Vịn", "Trưởng thôn Vịn"),
        ("Trưởng phòng", "Phòng Kinh tế", "Trưởng phòng Kinh tế"),
        ("Trưởng Công an xã", "Công an xã", "Trưởng Công an xã"),
        ("Phó Chủ tịch", "Ủy ban nhân dân xã Bát Mọt", "Phó Chủ tịch Ủy ban nhân dân xã Bát Mọt"),
        ("Chánh Văn phòng", "Văn phòng HĐND - UBND", "Chánh Văn phòng HĐND - UBND"),
        ("", "Thôn Vịn", "Thôn Vịn"),
    ],
)
def test_a_title_and_its_unit_say_no_word_twice(title: str, unit: str, position: str) -> None:
    assert overlap_words(title, unit) == position


def contact(role: ContactRole, name: str | None, salutation: Salutation) -> Contact:
    return Contact(
        id="c",
        role=role,
        full_name=name,
        title="Trưởng thôn",
        email="vin@batmot.example",
        salutation=salutation,
    )


VILLAGE = Unit(id="thon-vin", name="Thôn Vịn", short_name="Vịn", kind=UnitKind.VILLAGE, order=9)


@pytest.mark.parametrize(
    ("person", "greeting", "pronoun"),
    [
        (
            contact(ContactRole.HEAD, "Vi Văn Đức", Salutation.COMRADE),
            "Đồng chí Vi Văn Đức - Trưởng thôn Vịn",
            "đồng chí",
        ),
        (
            contact(ContactRole.CONTACT, "Vi Văn Đức", Salutation.MR_MRS),
            "Ông/Bà Vi Văn Đức - Trưởng thôn Vịn",
            "Ông/Bà",
        ),
        (
            contact(ContactRole.HEAD, None, Salutation.COMRADE),
            "Đồng chí Trưởng thôn Vịn",
            "đồng chí",
        ),
        (contact(ContactRole.CONTACT, None, Salutation.COMRADE), "Thôn Vịn", "thôn"),
        (None, "Thôn Vịn", "thôn"),
    ],
)
def test_a_person_is_greeted_by_name_a_head_by_title_and_else_the_unit(
    person: Contact | None, greeting: str, pronoun: str
) -> None:
    addressee = Addressee.of(VILLAGE, person)
    assert addressee.greeting == greeting
    assert addressee.pronoun == pronoun
    assert addressee.unit_inline == "thôn Vịn"
    assert addressee.unit_code == "THON-VIN"


def test_a_unit_other_than_a_village_keeps_its_capital() -> None:
    office = Addressee(unit_code="KT", unit_name="Phòng Kinh tế", unit_kind=UnitKind.OFFICE)
    assert office.unit_inline == "Phòng Kinh tế"
    assert office.pronoun == "đơn vị"
