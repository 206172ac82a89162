"""The plan as data: phases, content groups, duty holders, requirements, recipients."""

from datetime import date
from enum import StrEnum

from models.agencies import Agency, Funding, LegalBasis, Recipient, Signer
from models.deadlines import Deadline, Origin
from models.indicators import IndicatorCatalogue
from models.requirements import Buffers, Period, Requirement, RequirementKind
from models.units import Unit, UnitKind, UnitRegister
from models.values import Value

__all__ = [
    "Activity",
    "Agency",
    "Basis",
    "Buffers",
    "Channel",
    "ContentGroup",
    "Duty",
    "DutyHolder",
    "DutyRole",
    "Funding",
    "LegalBasis",
    "Period",
    "Phase",
    "PhaseItem",
    "Plan",
    "PlanDossier",
    "Recipient",
    "ReportingLine",
    "Requirement",
    "RequirementKind",
    "Signer",
]


class Basis(Value):
    """A lead named for a piece of work, and where that comes from."""

    id: str
    basis: str
    origin: Origin = Origin.SOURCE


class PhaseItem(Value):
    """One item of section III."""

    id: str
    text: str
    owner: str
    owner_origin: Origin = Origin.SOURCE
    draft_by: str | None = None
    approve: str | None = None
    to: str | None = None
    via: str | None = None
    support: tuple[str, ...] = ()
    output: str | None = None


class Phase(Value):
    """One phase; ``starts_on`` None means the day the plan is issued. Both days inclusive."""

    id: str
    name: str
    short_name: str
    starts_on: date | None = None
    ends_on: date
    start_origin: Origin = Origin.SOURCE
    flow: str  # preparation | activities | reporting
    items: tuple[PhaseItem, ...]


class Activity(Value):
    """One activity of a content group."""

    id: str
    text: str
    venue: tuple[str, ...] = ()
    mode: str | None = None
    note: str | None = None


class Channel(Value):
    """A channel of publicity and who runs it."""

    id: str
    name: str
    operator: str | None = None
    default_operator: str | None = None
    keep: str | None = None
    basis: str | None = None


class ContentGroup(Value):
    """One content group of section II."""

    id: str
    name: str
    lead: Basis
    publish: Basis | None = None
    support: tuple[str, ...] = ()
    target_groups: tuple[str, ...] = ()
    activities: tuple[Activity, ...]
    channels: tuple[Channel, ...] = ()


class DutyRole(StrEnum):
    """The part a duty gives to its holder."""

    DIRECT = "chi_dao"
    INSPECT = "kiem_tra"
    ADVISE = "tham_muu"
    LEAD = "chu_tri"
    LEAD_BY_DEFAULT = "chu_tri_mac_dinh"
    SUPPORT = "phoi_hop"
    OWN_INITIATIVE = "chu_dong"
    TAKE_PART = "tham_gia"
    REPORT = "bao_cao"
    CARRY_OUT = "trien_khai"


class Duty(Value):
    """One duty of section IV."""

    id: str
    role: DutyRole
    text: str
    groups: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    deliverable: str
    lead: str | None = None
    to: str | None = None
    via: str | None = None


class DutyHolder(Value):
    """One of the plan's responsible entities: a unit, or a group expanded by the register.

    A group lists ``member_kinds``; every valid unit of those kinds is a member, so a new
    village needs no edit of the plan. A single unit has ``unit``.
    """

    id: str
    seed_number: str
    number: int
    name: str
    unit: str | None = None
    member_kinds: tuple[UnitKind, ...] = ()
    duties: tuple[Duty, ...]

    @property
    def is_group(self) -> bool:
        """Whether the holder stands for several units."""
        return self.unit is None


class ReportingLine(Value):
    """Who reports what to whom."""

    id: str
    senders: tuple[str, ...]
    to: str
    via: str | None = None
    document: str
    basis: str | None = None
    origin: Origin = Origin.SOURCE


class Plan(Value):
    """One administrative plan, whole; every text of the source stands in ``verbatim`` by id."""

    id: str
    code: str  # tag in subjects, e.g. KHCN-2026
    commune: str  # tenant, e.g. bat-mot
    commune_tag: str  # tag in subjects, e.g. BATMOT
    short_name: str  # as in run names
    type_name: str
    title: str
    campaign: str  # what it is about, as in "hoạt động hưởng ứng ..."
    campaign_short: str
    agency: Agency
    parent: Agency
    channel: Agency  # through which the report goes up, e.g. Sở KH&CN
    timezone: str
    number: int | None = None
    symbol: str
    issued_on: date | None = None
    issue_window: tuple[date, date] | None = None
    place: str
    place_date_wording: str
    legal_basis: tuple[LegalBasis, ...]
    cited_policies: tuple[LegalBasis, ...] = ()
    signer: Signer
    purposes: tuple[str, ...]  # ids in verbatim
    demands: tuple[str, ...]  # ids in verbatim
    funding: Funding
    recipients: tuple[Recipient, ...]
    phases: tuple[Phase, ...]
    content_groups: tuple[ContentGroup, ...]
    duty_holders: tuple[DutyHolder, ...]
    reporting_lines: tuple[ReportingLine, ...]
    requirements: tuple[Requirement, ...]
    report_deadline: Deadline  # the province's
    buffers: Buffers
    coordinator: str  # unit that chases and adds up, e.g. vhxh
    authority: str  # unit of the leader, e.g. ubnd
    form_checker: str  # unit that checks form and law, e.g. vp
    event_date: date | None = None
    register_file: str
    catalogue_file: str
    policy: str = "default"
    verbatim: dict[str, str]

    def phase(self, phase_id: str) -> Phase:
        """The phase of that id.

        Raises:
            KeyError: the plan has no such phase.
        """
        return {phase.id: phase for phase in self.phases}[phase_id]

    def requirement(self, requirement_id: str) -> Requirement:
        """The requirement of that id.

        Raises:
            KeyError: the plan has no such requirement.
        """
        return {r.id: r for r in self.requirements}[requirement_id]

    def holder(self, holder_id: str) -> DutyHolder:
        """The duty holder of that id.

        Raises:
            KeyError: the plan has no such holder.
        """
        return {h.id: h for h in self.duty_holders}[holder_id]


class PlanDossier(Value):
    """A plan with the register and the catalogue it refers to: all that the engine needs."""

    plan: Plan
    units: UnitRegister
    catalogue: IndicatorCatalogue

    def members(self, holder_id: str, on: date) -> tuple[Unit, ...]:
        """Units a holder or unit id stands for on that day, in official order.

        Raises:
            KeyError: neither a duty holder nor a unit has that id.
        """
        holders = {h.id: h for h in self.plan.duty_holders}
        holder = holders.get(holder_id)
        if holder is None or holder.unit is not None:
            return (self.units.unit(holder.unit if holder and holder.unit else holder_id),)
        found = (u for u in self.units.units if u.kind in holder.member_kinds)
        return tuple(sorted((u for u in found if u.is_valid_on(on)), key=lambda u: u.order))

    @property
    def constants(self) -> dict[str, int]:
        """Figures of the register that formulas may use: SO_THON, the villages there are."""
        last = self.plan.phases[-1].ends_on
        villages = (u for u in self.units.units if u.kind is UnitKind.VILLAGE)
        return {"SO_THON": sum(unit.is_valid_on(last) for unit in villages)}

    def holders_of(self, unit: Unit) -> tuple[DutyHolder, ...]:
        """The duty holders a unit belongs to, in the plan's order."""
        return tuple(
            h
            for h in self.plan.duty_holders
            if h.unit == unit.id or (h.unit is None and unit.kind in h.member_kinds)
        )
