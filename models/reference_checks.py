"""References of a plan: every id it mentions exists where it should."""

import difflib
from collections.abc import Collection, Iterable, Iterator

from models.faults import Fault, Faults, Path
from models.plans import Plan, PlanDossier

Reference = tuple[Path, str | None]

EVERYONE = "all"


def find_reference_faults(dossier: PlanDossier) -> Faults:
    """Yield each mention of a unit, phase, group, line, requirement or text that does not exist."""
    plan = dossier.plan
    units = {unit.id for unit in dossier.units.units}
    holders = {holder.id for holder in plan.duty_holders}
    agencies = {plan.agency.id, plan.parent.id, plan.channel.id}
    register = f"trong danh bạ đơn vị {plan.register_file}"
    duty_bound = "trong danh bạ đơn vị và trong các đầu mối được phân công"
    yield from _unknown(_single_units(plan), units, "đơn vị", register)
    yield from _unknown(_owers(plan), units | holders, "đơn vị", duty_bound)
    yield from _unknown(_mentions(plan), units | holders | agencies, "đơn vị", duty_bound)
    for references, known, kind in _inner(plan):
        yield from _unknown(references, known, kind, "trong kế hoạch")
    yield from _catalogue_faults(dossier, units | holders | {EVERYONE})


def _unknown(
    references: Iterable[Reference], known: Collection[str], kind: str, where: str
) -> Faults:
    for path, name in references:
        if name is not None and name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f"; có phải “{near[0]}”?" if near else ""
            yield Fault(path=path, message=f"không có {kind} “{name}” {where}{hint}")


def _many(path: Path, names: Iterable[str]) -> Iterator[Reference]:
    yield from (((*path, i), name) for i, name in enumerate(names))


def _single_units(plan: Plan) -> Iterator[Reference]:
    yield ("plan", "coordinator"), plan.coordinator
    yield ("plan", "authority"), plan.authority
    yield ("plan", "form_checker"), plan.form_checker
    yield ("plan", "parent", "id"), plan.parent.id  # the report is mailed there
    yield ("plan", "channel", "id"), plan.channel.id
    for i, holder in enumerate(plan.duty_holders):
        yield ("plan", "duty_holders", i, "unit"), holder.unit
    for i, requirement in enumerate(plan.requirements):
        yield ("plan", "requirements", i, "reviewed_by"), requirement.reviewed_by


def _owers(plan: Plan) -> Iterator[Reference]:
    for i, requirement in enumerate(plan.requirements):
        yield from _many(("plan", "requirements", i, "holders"), requirement.holders)


def _mentions(plan: Plan) -> Iterator[Reference]:
    for i, recipient in enumerate(plan.recipients):
        yield from _many(("plan", "recipients", i, "units"), recipient.units)
    for i, line in enumerate(plan.reporting_lines):
        root: Path = ("plan", "reporting_lines", i)
        yield from _many((*root, "senders"), line.senders)
        yield (*root, "to"), line.to
        yield (*root, "via"), line.via
    yield from _mentions_in_phases(plan)
    yield from _mentions_in_groups(plan)
    yield from _mentions_in_duties(plan)


def _mentions_in_phases(plan: Plan) -> Iterator[Reference]:
    for i, phase in enumerate(plan.phases):
        for j, item in enumerate(phase.items):
            root: Path = ("plan", "phases", i, "items", j)
            yield (*root, "owner"), item.owner
            yield (*root, "draft_by"), item.draft_by
            yield (*root, "approve"), item.approve
            yield (*root, "to"), item.to
            yield (*root, "via"), item.via
            yield from _many((*root, "support"), item.support)


def _mentions_in_groups(plan: Plan) -> Iterator[Reference]:
    for i, group in enumerate(plan.content_groups):
        root: Path = ("plan", "content_groups", i)
        yield (*root, "lead", "id"), group.lead.id
        yield (*root, "publish", "id"), group.publish.id if group.publish else None
        yield from _many((*root, "support"), group.support)
        for j, channel in enumerate(group.channels):
            yield (*root, "channels", j, "operator"), channel.operator
            yield (*root, "channels", j, "default_operator"), channel.default_operator
            yield (*root, "channels", j, "keep"), channel.keep


def _mentions_in_duties(plan: Plan) -> Iterator[Reference]:
    for i, holder in enumerate(plan.duty_holders):
        for j, duty in enumerate(holder.duties):
            root: Path = ("plan", "duty_holders", i, "duties", j)
            yield (*root, "lead"), duty.lead
            yield (*root, "to"), duty.to
            yield (*root, "via"), duty.via


def _inner(plan: Plan) -> Iterator[tuple[list[Reference], set[str], str]]:
    duties = [
        (("plan", "duty_holders", i, "duties", j), duty)
        for i, holder in enumerate(plan.duty_holders)
        for j, duty in enumerate(holder.duties)
    ]
    owed = [(("plan", "requirements", i), r) for i, r in enumerate(plan.requirements)]
    phases: list[Reference] = [((*path, "phase"), r.phase) for path, r in owed]
    phases += [x for path, duty in duties for x in _many((*path, "phases"), duty.phases)]
    yield phases, {p.id for p in plan.phases}, "giai đoạn"
    groups = [x for path, duty in duties for x in _many((*path, "groups"), duty.groups)]
    yield groups, {g.id for g in plan.content_groups}, "nhóm nội dung"
    lines: list[Reference] = [((*path, "line"), r.line) for path, r in owed]
    yield lines, {line.id for line in plan.reporting_lines}, "tuyến báo cáo"
    opened: list[Reference] = [
        ((*path, "opens_on_receipt_of"), r.opens_on_receipt_of) for path, r in owed
    ]
    yield opened, {r.id for r in plan.requirements}, "sản phẩm phải nộp"
    texts = [*_many(("plan", "purposes"), plan.purposes), *_many(("plan", "demands"), plan.demands)]
    yield texts, set(plan.verbatim), "nguyên văn"


def _catalogue_faults(dossier: PlanDossier, reporters: set[str]) -> Faults:
    catalogue = dossier.catalogue
    known = {indicator.id for indicator in catalogue.indicators}
    where = f"trong danh mục chỉ tiêu {dossier.plan.catalogue_file}"
    for i, requirement in enumerate(dossier.plan.requirements):
        asked = _many(("plan", "requirements", i, "indicators"), requirement.indicators)
        yield from _unknown(asked, known, "chỉ tiêu", where)
    for i, indicator in enumerate(catalogue.indicators):
        root: Path = ("catalogue", "indicators", i)
        yield from _unknown(_many((*root, "by"), indicator.by), reporters, "đơn vị", "báo cáo")
        section: list[Reference] = [((*root, "section"), indicator.section)]
        yield from _unknown(section, catalogue.sections, "mục", where)
        for j, rule in enumerate(indicator.rules):
            others = _many((*root, "rules", j, "others"), rule.others)
            yield from _unknown(others, known, "chỉ tiêu", where)
