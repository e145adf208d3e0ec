"""/help: a short guide for each role, one message each; the long ones with pictures are docs/guides."""

from collections.abc import Sequence

from handlers.callbacks.family import OpenMenu
from handlers.callbacks.help import Guide, OpenGuide, OpenHelp
from handlers.screen import Button, Screen, esc, tap
from handlers.screens.menu import TEACHING
from services.actor import Actor
from services.assignments import CONTROLLING
from services.i18n import N_
from services.i18n import gettext as _
from storage.vocabulary import Role

TITLES = {
    Guide.TEACHER: N_("For the teacher"),
    Guide.HOMEROOM: N_("For the homeroom teacher"),
    Guide.ADMINISTRATOR: N_("For the administration"),
    Guide.GUARDIAN: N_("For the parent"),
    Guide.STUDENT: N_("For the student"),
}
CHAPTERS: dict[Guide, tuple[str, ...]] = {
    Guide.TEACHER: (
        N_(
            "<b>The lesson.</b> Its card comes at the bell, or by “My lessons”: ✅ is entered, ▫️ is missing. The "
            "topic, the attendance and the homework make it complete."
        ),
        N_(
            "<b>Attendance.</b> All are present until you tap a name: one tap is absent, one more is late. “Done”"
            " confirms, and the families are told."
        ),
        N_("<b>Homework.</b> A text, a photo or a document; “Not set” counts as well. The card says until when."),
        N_(
            "<b>Marks.</b> First the kind of work, then the name and the mark. It can be undone for some minutes;"
            " later “Ask for a correction”, and the deputy head decides."
        ),
        N_(
            "<b>In one line.</b> During a lesson just type “н Иванов Петров, о Сидоров” or “Иванов 5, Петров 4 "
            "контр”: you see what will be written, and confirm it."
        ),
        N_(
            "<b>Term marks.</b> In the last week of the term: “Term marks”, accept what is proposed or choose, "
            "then issue and send. Families see them only then."
        ),
        N_(
            "<b>Letters.</b> Families and students write into “Correspondence”; they don't see your number. What "
            "comes outside working hours waits until they begin."
        ),
    ),
    Guide.HOMEROOM: (
        N_(
            "<b>My class.</b> Who is absent today, who is connected, who reads, whom nothing reached: all in one place."
        ),
        N_(
            "<b>Reasons.</b> The subject's teacher marks who is absent, you set the reason. A parent's “Will not "
            "come” asks for your “Confirm”: then no alarm is sent."
        ),
        N_(
            "<b>Slips.</b> Print and hand them over once the application and the consent are recorded. Who typed "
            "the code instead of opening the link waits for your “Confirm”."
        ),
        N_("<b>Once a week</b> check the attendance and press “Verified”; once a month the same with the contacts."),
        N_("<b>Informing the parents</b> is due every two weeks: the card says when, and keeps how it was done."),
        N_("<b>Printing.</b> Families without electronic form get a sheet each week: print, hand over, mark it."),
        N_(
            "<b>Broadcast.</b> To the class, a subgroup or chosen families: you see the letter and how many get "
            "it, and have a minute to cancel."
        ),
        N_("<b>All subjects</b> of the class are open to read; marks are changed by their teachers only."),
    ),
    Guide.ADMINISTRATOR: (
        N_(
            "<b>Access</b> (administrator). A one-time code for each employee; one account is one person. A lost "
            "phone: “Disconnect”, then a new code."
        ),
        N_(
            "<b>Substitutions.</b> Say who is absent: for each lesson those are offered who are free. The "
            "substitute and the families are told, and the journal of substitutions fills itself."
        ),
        N_("<b>Subgroups</b> (administrator). A student moves to another one only from the first day of a term."),
        N_("<b>School control</b> (deputy head, director). What is overdue by teachers; the list comes each morning."),
        N_(
            "<b>Requests</b> (deputy head). A mark past its time is changed only by your approval; what stood "
            "there stays in the history."
        ),
        N_(
            "<b>Results</b> (deputy head). Which term marks are missing, what deserves a second look, closing the term."
        ),
        N_("<b>Broadcast.</b> To a class, a parallel, the whole school or the staff. “Urgent” comes at night as well."),
    ),
    Guide.GUARDIAN: (
        N_(
            "<b>Diary.</b> “Diary” is today, “Week” the whole week, “Subjects” the marks with their average, "
            "“Results” the terms and the year. All of it at any hour."
        ),
        N_(
            "<b>What comes.</b> An absence is told at once, marks and homework in one evening letter. “Settings” "
            "changes the hour, quiet hours, single kinds of letters and the language."
        ),
        N_(
            "<b>Will not come.</b> Say it beforehand: the homeroom teacher confirms, the teachers know, and no "
            "alarm frightens you."
        ),
        N_(
            "<b>Write to a teacher.</b> Or to the administration: the answer comes here. Nobody sees your number,"
            " and you don't see theirs."
        ),
        N_("<b>Results of a term</b> ask for “Acknowledged”: one press tells the homeroom teacher that you saw them."),
        N_("<b>Several children</b> live in one chat: type the code of the other child's slip here."),
        N_("<b>To leave</b>: /stop takes the consent back. Letters stop, the school's journal stays."),
    ),
    Guide.STUDENT: (
        N_(
            "<b>Your diary.</b> “Diary” is today, “Week” the week, “Subjects” the marks, “Results” the terms. To "
            "read only."
        ),
        N_("<b>Homework</b> comes in one letter in the evening; “Settings” changes the hour."),
        N_("<b>Write to a teacher</b>: to your own teachers only. They see that it is you who writes."),
        N_("The chat is yours alone: don't let others use it, and don't use anybody else's."),
    ),
}


def own_guides(actor: Actor) -> list[Guide]:
    """The guides for what somebody is in the school."""
    offices = {Role.ADMINISTRATOR, Role.SECRETARY} | CONTROLLING
    own = {
        Guide.TEACHER: bool(actor.roles & TEACHING),
        Guide.HOMEROOM: actor.homeroom,
        Guide.ADMINISTRATOR: bool(actor.roles & offices),
        Guide.GUARDIAN: Role.GUARDIAN in actor.roles,
        Guide.STUDENT: Role.STUDENT in actor.roles,
    }
    return [guide for guide, mine in own.items() if mine]


def help_page(actor: Actor, administrators: Sequence[str]) -> Screen:
    """The reader's own guides as buttons, the commands, and whom to ask."""
    lines = [
        "<b>" + _("Zvonok, the school's diary") + "</b>",
        "",
        _("/start — the menu"),
        _("/help — this page"),
    ]
    if Role.GUARDIAN in actor.roles:
        lines += [
            _("/stop — take the consent back: letters stop"),
            "",
            _("Another child, or a new phone: open the link of the new slip, or type its code here."),
        ]
    if administrators:
        lines += ["", _("Administrator of the journal: {names}").format(names=esc(", ".join(administrators)))]
    rows = [[tap(_(TITLES[one]), OpenGuide(guide=one))] for one in own_guides(actor)]
    return Screen("\n".join(lines), [*rows, [_menu()]])


def guide(which: Guide) -> Screen:
    """One guide."""
    text = "\n\n".join(["<b>" + _(TITLES[which]) + "</b>", *(_(chapter) for chapter in CHAPTERS[which])])
    return Screen(text, [[tap(_("Help"), OpenHelp()), _menu()]])


def for_strangers() -> Screen:
    """For somebody who isn't connected: how to get a slip."""
    return Screen(
        _(
            "<b>Zvonok, the school's diary</b>\n\n"
            "To come in you need a slip with a QR code and a short code.\n\n"
            "<b>Parents</b> get it from the homeroom teacher, after a written application and consent. "
            "<b>Students</b>: from the homeroom teacher too. <b>Employees</b>: from the journal's administrator.\n\n"
            "Point the phone's camera at the QR code, or type the code here. A code works once and for seven days; "
            "a new one is given out in the same place."
        )
    )


def _menu() -> Button:
    return tap(_("Menu"), OpenMenu())
