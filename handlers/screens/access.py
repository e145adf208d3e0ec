"""Who is connected: families and students of a class by how they stand, one of them, slips."""

from collections.abc import Sequence

from handlers.callbacks.access import (
    AskForStudentSlips,
    AskToDisconnectStudent,
    ConfirmStudent,
    DisconnectStudent,
    OpenAccess,
    OpenAccessClasses,
    OpenStudentAccess,
    OpenStudents,
    OpenTies,
    PrintStudentSlip,
    PrintStudentSlips,
    RefuseGuardian,
    RefuseStudent,
)
from handlers.callbacks.contacts import OpenWritten
from handlers.callbacks.homeroom import (
    AskForSlips,
    AskToDisconnect,
    ConfirmGuardian,
    Disconnect,
    OpenClass,
    OpenGuardian,
    OpenGuardians,
    PrintSlip,
    PrintSlips,
)
from handlers.screen import Button, Screen, esc, page_of, pager, shortened, tap
from handlers.screens.names import with_children
from services import words
from services.homeroom import ClassView, Family
from services.i18n import N_, ngettext
from services.i18n import gettext as _
from services.student_access import StudentLine, StudentStanding, StudentsView, line_of
from storage.vocabulary import ClassId, GuardianStanding, PersonId

LABEL = 30
SHOWN_NAMES = 10

STANDINGS = {
    GuardianStanding.AWAITING: N_("Await confirmation"),
    GuardianStanding.CONNECTED: N_("Connected"),
    GuardianStanding.AWAY: N_("Not connected"),
    GuardianStanding.NO_PAPERS: N_("Without papers"),
    GuardianStanding.BLOCKED: N_("Blocked the bot"),
    GuardianStanding.LEFT: N_("Took consent back"),
    GuardianStanding.ENDED: N_("Tie ended"),
}

OF_ONE = {
    GuardianStanding.AWAITING: N_("Awaits confirmation"),
    GuardianStanding.CONNECTED: N_("The diary is connected"),
    GuardianStanding.AWAY: N_("The diary isn't connected"),
    GuardianStanding.NO_PAPERS: N_("Without papers"),
    GuardianStanding.BLOCKED: N_("The bot is blocked"),
    GuardianStanding.LEFT: N_("The consent is taken back"),
    GuardianStanding.ENDED: N_("The tie to the child has ended"),
}


STUDENT_STANDINGS = {
    StudentStanding.AWAITING: N_("Awaits confirmation"),
    StudentStanding.CONNECTED: N_("The diary is connected"),
    StudentStanding.BLOCKED: N_("The bot is blocked"),
    StudentStanding.AWAY: N_("The diary isn't connected"),
    StudentStanding.NO_PAPERS: N_("A guardian's application or consent isn't recorded"),
}
SIGNS = {
    StudentStanding.AWAITING: "⏳",
    StudentStanding.CONNECTED: "✅",
    StudentStanding.BLOCKED: "🚫",
    StudentStanding.AWAY: "▫️",
    StudentStanding.NO_PAPERS: "📄",
}
LEGEND = {
    StudentStanding.AWAITING: N_("awaits confirmation"),
    StudentStanding.CONNECTED: N_("the diary is connected"),
    StudentStanding.BLOCKED: N_("blocked the bot"),
    StudentStanding.AWAY: N_("not connected yet"),
    StudentStanding.NO_PAPERS: N_("no papers, so no slip"),
}


def access(view: ClassView) -> Screen:
    """Who of a class is connected: a button for each standing that somebody has, and the students."""
    connected = len(view.of(GuardianStanding.CONNECTED))
    lines = [
        f"<b>{esc(view.name)}</b> · " + _("Who is connected"),
        _("Guardians connected: {connected} of {all}").format(connected=connected, all=len(view.families)),
    ]
    if view.students:
        said = _("Students connected: {connected} of {all}")
        lines.append(said.format(connected=view.students_connected, all=view.students))
    if view.without_guardians:
        names = ", ".join(esc(name) for name in view.without_guardians[:SHOWN_NAMES])
        more = "…" if len(view.without_guardians) > SHOWN_NAMES else ""
        lines += ["", _("No guardian is recorded: {names}").format(names=names + more)]
    rows = [
        [tap(f"{_(title)}: {len(alike)}", OpenGuardians(school_class=view.class_id, standing=standing, page=0))]
        for standing, title in STANDINGS.items()
        if (alike := view.of(standing))
    ]
    if view.students or view.students_connected:
        waiting = f" · ⏳ {view.students_awaiting}" if view.students_awaiting else ""
        label = _("Students: {connected} of {all}").format(connected=view.students_connected, all=view.students)
        rows.append([tap(label + waiting, OpenStudents(school_class=view.class_id, page=0))])
    if view.led:
        rows.append([tap(_("Slips of the class"), AskForSlips(school_class=view.class_id))])
    back = OpenClass(school_class=view.class_id) if view.led else OpenAccessClasses(page=0)
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def guardians(view: ClassView, standing: GuardianStanding, page: int) -> Screen:
    """Those who stand alike, a button each, eight a page."""
    alike = view.of(standing)
    shown, page, pages = page_of(alike, page, 1)
    text = f"<b>{esc(view.name)}</b> · {_(STANDINGS[standing])}: {len(alike)}"
    if not alike:
        text += "\n" + _("Nobody.")
    rows = [
        [
            tap(
                with_children(family.short_name, _children(family), LABEL),
                OpenGuardian(school_class=view.class_id, guardian=family.guardian_id),
            )
        ]
        for family in shown
    ]
    rows += pager(page, pages, lambda number: OpenGuardians(school_class=view.class_id, standing=standing, page=number))
    return Screen(text, [*rows, [tap(_("Back"), OpenAccess(school_class=view.class_id))]])


def guardian(class_id: ClassId, family: Family, note: str | None = None, *, led: bool = True) -> Screen:
    """One guardian: whose, how connected, since when, and what may be done."""
    lines = [
        *([note, ""] if note else []),
        f"<b>{esc(family.name)}</b>",
        f"{words.relation(family.relation)}: {esc(', '.join(family.children))}",
        "",
        _(OF_ONE[family.standing]),
    ]
    if family.since is not None:
        how = _("by a typed code") if family.by_code else _("by the link of the slip")
        day = words.day_and_month(family.since.date())
        lines.append(_("Joined {day} at {hour}, {how}").format(day=day, hour=f"{family.since:%H:%M}", how=how))
    if family.newcomer_id is not None and family.account_id is not None:
        lines += ["", _("Another phone is connected now. It goes on until you confirm, and ends then.")]
    if family.standing is GuardianStanding.NO_PAPERS:
        lines.append(_("The application or the consent isn't recorded: ask the school's office."))
    place = {"school_class": class_id, "guardian": family.guardian_id}
    rows: list[list[Button]] = []
    if led and family.standing is GuardianStanding.AWAITING:
        rows.append([tap(_("Confirm"), ConfirmGuardian(**place))])
    if led and family.newcomer_id is not None:
        rows.append([tap(_("Don't confirm"), RefuseGuardian(**place))])
    if led and family.recorded:
        rows.append([tap(_("New slip"), PrintSlip(**place))])
    there = family.account_id is not None or (family.newcomer_id is not None and not led)
    if there and not family.staff:
        rows.append([tap(_("Disconnect"), AskToDisconnect(**place))])
    if family.recorded and family.account_id is None:
        rows.append([tap(_("How letters come"), OpenWritten(**place))])
    rows.append([tap(_("Tie to the child"), OpenTies(**place))])
    back = OpenGuardians(school_class=class_id, standing=family.standing, page=0)
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def ask_to_disconnect(class_id: ClassId, family: Family) -> Screen:
    """Are you sure?"""
    text = _(
        "<b>Disconnect {name}?</b>\n\n"
        "Letters stop and the diary closes at once, and the guardian is told. To come back, they need a new slip."
    )
    place = {"school_class": class_id, "guardian": family.guardian_id}
    rows = [[tap(_("Disconnect"), Disconnect(**place))], [tap(_("Back"), OpenGuardian(**place))]]
    return Screen(text.format(name=esc(family.name)), rows)


def ask_for_slips(view: ClassView) -> Screen:
    """For whom slips are printed, and that older ones end."""
    away, bare = view.of(GuardianStanding.AWAY), view.of(GuardianStanding.NO_PAPERS)
    lines = [f"<b>{esc(view.name)}</b> · " + _("Slips of the class"), ""]
    if away:
        lines += [
            _slips_said(len(away)),
            _("Each is good once, for a week. Slips you printed before and nobody used end."),
        ]
    else:
        lines.append(_("Everybody who may have a slip is connected."))
    if bare:
        lines += ["", _("Without papers, so without a code: {names}").format(names=_names(bare))]
    rows: list[list[Button]] = []
    if away:
        rows.append([tap(_("Make the document"), PrintSlips(school_class=view.class_id))])
    if view.students > view.students_connected:
        rows.append([tap(_("Slips for students"), AskForStudentSlips(school_class=view.class_id))])
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenAccess(school_class=view.class_id))]])


def ask_for_student_slips(view: StudentsView) -> Screen:
    """For which students slips are printed."""
    away, bare = view.of(StudentStanding.AWAY), view.of(StudentStanding.NO_PAPERS)
    lines = [f"<b>{esc(view.class_name)}</b> · " + _("Slips for students"), ""]
    if view.level < view.level_from:
        lines.append(_("Students have a diary of their own from class {level} on.").format(level=view.level_from))
        bare = []
    elif away:
        lines += [
            _slips_said(len(away)),
            _("Each is good once, for a week, on the student's own phone. Older ones that nobody used end."),
        ]
    else:
        lines.append(_("Everybody who may have a slip is connected."))
    if bare:
        names = ", ".join(esc(line.short_name) for line in bare[:SHOWN_NAMES]) + (
            "…" if len(bare) > SHOWN_NAMES else ""
        )
        lines += ["", _("A guardian's application or consent is missing, so no code: {names}").format(names=names)]
    rows: list[list[Button]] = []
    if away and view.led:
        rows.append([tap(_("Make the document"), PrintStudentSlips(school_class=view.class_id))])
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenStudents(school_class=view.class_id, page=0))]])


def _slips_said(count: int) -> str:
    return ngettext(
        "A document for printing: {count} slip with a QR code and a code for typing.",
        "A document for printing: {count} slips with a QR code and a code for typing.",
        count,
    ).format(count=count)


def slips_caption(count: int, until: str) -> str:
    """What stands under the document of guardians' slips."""
    return _(
        "Slips: {count}. Good until {day}, once each. Hand each to its guardian; this document holds their codes."
    ).format(count=count, day=until)


def student_slips_caption(count: int, until: str) -> str:
    """What stands under the document of students' slips."""
    return _(
        "Students' slips: {count}. Good until {day}, once each. Hand each to its student; "
        "this document holds their codes."
    ).format(count=count, day=until)


def students(view: StudentsView, page: int) -> Screen:
    """The students of a class, eight a page: who waits for confirmation first, then by name."""
    waiting = view.of(StudentStanding.AWAITING)
    lines = [*waiting, *(line for line in view.lines if line.standing is not StudentStanding.AWAITING)]
    shown, page, pages = page_of(lines, page, 1)
    met = [standing for standing in SIGNS if view.of(standing)]
    legend = "\n".join(f"{SIGNS[one]} {_(LEGEND[one])}: {len(view.of(one))}" for one in met)
    text = f"<b>{esc(view.class_name)}</b> · " + _("Students") + f"\n{legend}"
    if view.level < view.level_from:
        text += "\n\n" + _("Students have a diary of their own from class {level} on.").format(level=view.level_from)
    rows = [
        [
            tap(
                shortened(f"{SIGNS[line.standing]} {line.short_name}", LABEL),
                OpenStudentAccess(school_class=view.class_id, student=line.student_id),
            )
        ]
        for line in shown
    ]
    rows += pager(page, pages, lambda number: OpenStudents(school_class=view.class_id, page=number))
    if view.led and view.of(StudentStanding.AWAY):
        rows.append([tap(_("Slips for students"), AskForStudentSlips(school_class=view.class_id))])
    return Screen(text, [*rows, [tap(_("Back"), OpenAccess(school_class=view.class_id))]])


def student(view: StudentsView, student_id: PersonId) -> Screen:
    """One student: how connected, since when, and what may be done."""
    line = line_of(view, student_id)
    lines = [
        f"<b>{esc(line.name)}</b>, {esc(view.class_name)}",
        _("The student's own diary"),
        "",
        _(STUDENT_STANDINGS[line.standing]),
    ]
    if line.since is not None:
        day = words.day_and_month(line.since.date())
        lines.append(_("Joined {day} at {hour}").format(day=day, hour=f"{line.since:%H:%M}"))
    if line.newcomer_id is not None and line.account_id is not None:
        lines += ["", _("Another phone is connected now. It goes on until you confirm, and ends then.")]
    place = {"school_class": view.class_id, "student": student_id}
    rows: list[list[Button]] = []
    if view.led and line.newcomer_id is not None:
        rows.append([tap(_("Confirm"), ConfirmStudent(**place))])
        rows.append([tap(_("Don't confirm"), RefuseStudent(**place))])
    if view.led and line.may_have_slip:
        rows.append([tap(_("New slip"), PrintStudentSlip(**place))])
    if line.account_id is not None or (line.newcomer_id is not None and not view.led):
        rows.append([tap(_("Disconnect"), AskToDisconnectStudent(**place))])
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenStudents(school_class=view.class_id, page=0))]])


def ask_to_disconnect_student(view: StudentsView, student_id: PersonId) -> Screen:
    """Are you sure?"""
    line: StudentLine = line_of(view, student_id)
    text = _(
        "<b>Disconnect {name}?</b>\n\n"
        "The student's diary closes at once, and the student is told. To come back, they need a new slip."
    )
    place = {"school_class": view.class_id, "student": student_id}
    rows = [[tap(_("Disconnect"), DisconnectStudent(**place))], [tap(_("Back"), OpenStudentAccess(**place))]]
    return Screen(text.format(name=esc(line.name)), rows)


def _children(family: Family) -> list[str]:
    return [child.partition(" ")[2] or child for child in family.children]


def _names(families: Sequence[Family]) -> str:
    names = ", ".join(esc(family.short_name) for family in families[:SHOWN_NAMES])
    return names + ("…" if len(families) > SHOWN_NAMES else "")
