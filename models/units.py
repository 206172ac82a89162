"""Units, their contacts, and how each may be addressed."""

from datetime import date
from enum import StrEnum

from models.delegations import Delegation
from models.values import Value


class UnitKind(StrEnum):
    """What a unit is in the commune's apparatus; decides the register of every letter to it."""

    AUTHORITY = "authority"  # UBND xã
    OFFICE = "office"  # phòng, văn phòng
    CENTRE = "centre"  # trung tâm, đơn vị sự nghiệp
    MASS_ORGANISATION = "mass_organisation"  # MTTQ, hội, đoàn
    SECTOR = "sector"  # công an, quân sự, biên phòng, y tế
    SCHOOL = "school"
    VILLAGE = "village"
    SUPERIOR = "superior"  # UBND tỉnh, sở: only a recipient


class ContactRole(StrEnum):
    """Who in a unit a letter is meant for."""

    CONTACT = "contact"  # cán bộ đầu mối
    HEAD = "head"  # người đứng đầu
    CHAIR = "chair"  # Chủ tịch, where another leader decides and may pass on to him
    DEPUTY = "deputy"  # cấp phó, who may stand in by delegation


class Salutation(StrEnum):
    """How a person is addressed (domain.md 4.1 rule 1)."""

    COMRADE = "comrade"  # Đồng chí
    MR_MRS = "mr_mrs"  # Ông/Bà


class Contact(Value):
    """One person or mailbox of a unit; lower ``rank`` is written to first within a role."""

    id: str
    role: ContactRole
    full_name: str | None = None
    title: str
    email: str
    phone: str | None = None
    rank: int = 1
    salutation: Salutation = Salutation.COMRADE
    confirmed: bool = False


class Unit(Value):
    """One unit of the register; ``order`` is its rank in official lists, never the alphabet.

    ``parent`` is the agency that its own documents name above it, where the kind does not tell.
    """

    id: str
    name: str
    short_name: str
    kind: UnitKind
    order: int
    abbreviation: str | None = None
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    confirmed: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None

    @property
    def may_be_ordered(self) -> bool:
        """Whether UBND may write "yêu cầu"; MTTQ, hội, đoàn and sectors are only ever asked."""
        return self.kind in {UnitKind.OFFICE, UnitKind.CENTRE, UnitKind.VILLAGE, UnitKind.SCHOOL}

    def is_valid_on(self, day: date) -> bool:
        """Whether the unit exists on that day (both ends inclusive)."""
        started = self.valid_from is None or self.valid_from <= day
        return started and (self.valid_to is None or day <= self.valid_to)

    def contacts_for(self, role: ContactRole) -> tuple[Contact, ...]:
        """Contacts of one role, first choice first; without a contact the head answers."""
        mine = sorted((c for c in self.contacts if c.role is role), key=lambda c: c.rank)
        if mine or role is ContactRole.HEAD:
            return tuple(mine)
        return self.contacts_for(ContactRole.HEAD)


class UnitRegister(Value):
    """All units of one commune, in official order, and who may sign and decide for whom."""

    commune: str
    units: tuple[Unit, ...]
    delegations: tuple[Delegation, ...] = ()

    def unit(self, unit_id: str) -> Unit:
        """The unit of that id.

        Raises:
            KeyError: no unit has that id.
        """
        for unit in self.units:
            if unit.id == unit_id:
                return unit
        raise KeyError(unit_id)
