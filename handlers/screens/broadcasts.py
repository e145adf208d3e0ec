"""«Рассылка»: whom to write to, the draft and its options, the preview, and the letter in the families' chats."""

from handlers.callbacks.broadcasts import (
    AcknowledgeBroadcast,
    AnswerBroadcast,
    AskReading,
    AskYesNo,
    CancelBroadcast,
    ChooseClass,
    ChooseFamilies,
    ChooseLevel,
    ChooseOfClass,
    ChooseQuestion,
    ConfirmUrgent,
    DropDraft,
    MakeUrgent,
    OpenBroadcast,
    OpenBroadcasts,
    OpenDraft,
    PickFamily,
    PreviewBroadcast,
    RemoveBroadcastFiles,
    SendBroadcast,
    SendBroadcastFiles,
    TypeOptions,
    WriteToClass,
    WriteToLevel,
    WriteToSchool,
    WriteToSubgroup,
)
from handlers.callbacks.family import OpenMenu
from handlers.screen import Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens.names import columns_for, labels
from services.broadcasts.views import (
    ClassChoice,
    Desk,
    DraftView,
    FamilyChoice,
    Held,
    Listed,
    Preview,
    Reach,
    SchoolChoice,
)
from services.i18n import N_, ngettext
from services.i18n import gettext as _
from services.letters.broadcasts import BroadcastLetter
from services.rules.short_names import Named
from storage.vocabulary import AudienceKind, BroadcastState, Channel, QuestionKind

LABEL = 30
SHOWN_TEXT = 500
LISTED = 4
ON, OFF, CHOSEN = "✅", "▫️", "✓"

STATES = {
    BroadcastState.DRAFT: "✏️",
    BroadcastState.HELD: "⏳",
    BroadcastState.SENDING: "⏳",
    BroadcastState.PAUSED: "⏸",
    BroadcastState.DONE: "✅",
    BroadcastState.CANCELLED: "⏹",
    BroadcastState.RECALLED: "↩️",
}
BY_CHANNEL = {
    Channel.TELEGRAM: N_("in Telegram: {count}"),
    Channel.EMAIL: N_("by e-mail: {count}"),
    Channel.PAPER: N_("on paper: {count}"),
}


def desk(view: Desk, page: int) -> Screen:
    """For whom, and those written before."""
    lines = ["<b>" + _("Broadcast") + "</b>", _("For whom?")]
    rows: list[list[Button]] = []
    classes = [tap(one.name, ChooseOfClass(school_class=one.id)) for one in view.classes]
    rows += grid(classes, 3)
    if view.office:
        families = tap(_("All families"), WriteToSchool(kind=AudienceKind.SCHOOL))
        rows += [
            [families, tap(_("Parallel"), ChooseLevel())],
            [
                tap(_("A class"), ChooseClass(page=0)),
                tap(_("The staff"), WriteToSchool(kind=AudienceKind.STAFF)),
            ],
        ]
    shown, page, pages = page_of(view.listed, page, 1, LISTED)
    if shown:
        lines += ["", _("Written before:")]
        rows += [[tap(_line(one), _opens(one))] for one in shown]
        rows += pager(page, pages, lambda number: OpenBroadcasts(page=number))
    return Screen("\n".join(lines), [*rows, [tap(_("Menu"), OpenMenu())]])


def _line(one: Listed) -> str:
    return shortened(f"{STATES[one.state]} {one.at:%d.%m} {one.gist}", LABEL)


def _opens(one: Listed) -> OpenDraft | OpenBroadcast:
    drafted = one.state in (BroadcastState.DRAFT, BroadcastState.HELD)
    return OpenDraft(broadcast=one.id) if drafted else OpenBroadcast(broadcast=one.id)


def of_class(view: ClassChoice) -> Screen:
    """Whom of an own class."""
    id_ = view.class_id
    text = "\n".join([heading(view.name), _("For whom?")])
    rows = [
        [tap(_("Families of the class"), WriteToClass(kind=AudienceKind.CLASS, school_class=id_))],
        [tap(_("Chosen families"), WriteToClass(kind=AudienceKind.CHOSEN, school_class=id_))],
    ]
    if view.absent:
        absent = _("Families of those absent: {count}").format(count=view.absent)
        rows.append([tap(absent, WriteToClass(kind=AudienceKind.ABSENT, school_class=id_))])
    parts = [tap(shortened(one.name, 14), WriteToSubgroup(school_class=id_, subgroup=one.id)) for one in view.parts[:8]]
    rows += grid(parts, 2)
    rows.append([tap(_("Students of the class"), WriteToClass(kind=AudienceKind.STUDENTS, school_class=id_))])
    return Screen(text, [*rows, [tap(_("Back"), OpenBroadcasts(page=0))]])


def levels(view: SchoolChoice) -> Screen:
    """Which parallel."""
    text = "\n".join(["<b>" + _("Broadcast") + "</b>", _("The families of which parallel?")])
    rows = grid([tap(str(level), WriteToLevel(level=level)) for level in view.levels], 4)
    return Screen(text, [*rows, [tap(_("Back"), OpenBroadcasts(page=0))]])


def classes(view: SchoolChoice, page: int) -> Screen:
    """Which class, three in a row."""
    shown, page, pages = page_of(view.classes, page, 3)
    text = "\n".join(["<b>" + _("Broadcast") + "</b>", _("The families of which class?")])
    buttons = [tap(one.name, WriteToClass(kind=AudienceKind.CLASS, school_class=one.id)) for one in shown]
    rows = [*grid(buttons, 3), *pager(page, pages, lambda number: ChooseClass(page=number))]
    return Screen(text, [*rows, [tap(_("Back"), OpenBroadcasts(page=0))]])


def families(view: FamilyChoice, page: int) -> Screen:
    """Whose families; a tap puts one in or takes it out."""
    chosen = sum(one.chosen for one in view.candidates)
    columns = columns_for(len(view.candidates))
    shown, page, pages = page_of(view.candidates, page, columns)
    people = [Named(one.student_id, one.last_name, one.first_name, one.middle_name) for one in view.candidates]
    short = labels(people, columns, taken=2)
    lines = [
        heading(view.class_name),
        _("Whose families shall get it? Chosen: {count}").format(count=chosen),
    ]
    buttons = [
        tap(
            (CHOSEN + " " if one.chosen else "") + short[one.student_id],
            PickFamily(broadcast=view.id, student=one.student_id, wanted=not one.chosen, page=page),
        )
        for one in shown
    ]
    rows = [*grid(buttons, columns), *pager(page, pages, lambda number: ChooseFamilies(broadcast=view.id, page=number))]
    done = [tap(_("Done"), OpenDraft(broadcast=view.id))] if chosen else []
    return Screen("\n".join(lines), [*rows, [*done, tap(_("Back"), OpenBroadcasts(page=0))]])


def draft(view: DraftView) -> Screen:
    """What there is already, and the options."""
    one = view.content
    lines = [heading(one.audience)]
    if not one.text and not one.files:
        lines.append(_("Type the text in one message, or send photos or documents, ten at most."))
    else:
        lines += [""] + ([f"<blockquote>{esc(shortened(one.text, SHOWN_TEXT))}</blockquote>"] if one.text else [])
        if one.files:
            lines.append(attachments(len(one.files)))
        if one.options:
            lines.append(_("Answers: {options}").format(options=esc(" · ".join(one.options))))
        lines += ["", "<i>" + _("Another text takes the place of this one; files are added.") + "</i>"]
    return Screen("\n".join(lines), _options(view))


def _options(view: DraftView) -> list[list[Button]]:
    one = view.content
    rows: list[list[Button]] = []
    if view.chooses:
        rows.append([tap(_("Choose families"), ChooseFamilies(broadcast=one.id, page=0))])
    if one.text or one.files:
        reading = AskReading(broadcast=one.id, wanted=not one.asks_reading)
        rows += [
            [tap(f"{_sign(one.asks_reading)} " + _("Ask for “I have read it”"), reading)],
            [
                tap(f"{_sign(one.question is not None)} " + _("Question"), ChooseQuestion(broadcast=one.id)),
                tap(f"{_sign(one.urgent)} " + _("Urgent"), MakeUrgent(broadcast=one.id, wanted=not one.urgent)),
            ],
        ]
        if one.files:
            rows.append([tap(_("Remove attachments"), RemoveBroadcastFiles(broadcast=one.id))])
        rows.append([tap(_("Preview"), PreviewBroadcast(broadcast=one.id))])
    rows.append([tap(_("Throw away"), DropDraft(broadcast=one.id)), tap(_("Back"), OpenBroadcasts(page=0))])
    return rows


def question(view: DraftView) -> Screen:
    """How the question is answered."""
    one = view.content
    lines = [heading(one.audience), _("The text itself asks. How is it answered?")]
    if one.options:
        lines.append(_("Answers: {options}").format(options=esc(" · ".join(one.options))))
    yes_no, choice = (_sign(one.question is kind) for kind in (QuestionKind.YES_NO, QuestionKind.CHOICE))
    rows = [
        [tap(f"{yes_no} " + _("Yes / No"), AskYesNo(broadcast=one.id, wanted=True))],
        [tap(f"{choice} " + _("Own options"), TypeOptions(broadcast=one.id))],
        [tap(_("No question"), AskYesNo(broadcast=one.id, wanted=False)), tap(_("Back"), OpenDraft(broadcast=one.id))],
    ]
    return Screen("\n".join(lines), rows)


def options_awaited(view: DraftView) -> Screen:
    """The options are typed next."""
    lines = [heading(view.content.audience), _("Type from 2 to 6 options in one message, each on a line of its own.")]
    return Screen("\n".join(lines), [[tap(_("Back"), ChooseQuestion(broadcast=view.content.id))]])


def preview(view: Preview) -> Screen:
    """How many people it goes to, and «Отправить»."""
    one = view.content
    lines = [heading(one.audience), _("Above is the letter as it will be seen."), "", *reached(view.reach)]
    if view.quiet_until is not None:
        lines += ["", _("Now are quiet hours: most get it at {hour}.").format(hour=f"{view.quiet_until:%H:%M}")]
    if one.urgent:
        lines += ["", "❗ " + _("Urgent: it comes at night too.")]
    send = ConfirmUrgent if one.urgent else SendBroadcast
    rows = [
        [tap(_("Send"), send(broadcast=one.id, seen=one.rev))],
        [tap(_("Change it"), OpenDraft(broadcast=one.id))],
    ]
    return Screen("\n".join(lines), rows)


def reached(reach: Reach) -> list[str]:
    """How many people, by which way, and whom no letter goes to."""
    lines = [ngettext("Will get it: {count} person", "Will get it: {count} people", reach.people - reach.unreached)]
    lines = [lines[0].format(count=reach.people - reach.unreached)]
    if set(reach.by_channel) - {Channel.TELEGRAM}:
        ways = [_(BY_CHANNEL[one]).format(count=reach.by_channel[one]) for one in Channel if one in reach.by_channel]
        lines.append(", ".join(ways))
    if reach.unreached:
        lines.append(
            ngettext(
                "{count} person can't be reached: not connected.",
                "{count} people can't be reached: not connected.",
                reach.unreached,
            ).format(count=reach.unreached)
        )
    return lines


def confirm_urgent(view: Preview) -> Screen:
    """Are you sure?"""
    one = view.content
    lines = [
        heading(one.audience),
        "❗ <b>" + _("Send it as urgent?") + "</b>",
        _("The phones will ring at once, at night too. Keep it for what can't wait."),
        "",
        *reached(view.reach),
    ]
    rows = [
        [tap(_("Send as urgent"), SendBroadcast(broadcast=one.id, seen=one.rev))],
        [tap(_("Back"), OpenDraft(broadcast=one.id))],
    ]
    return Screen("\n".join(lines), rows)


def held(view: Held) -> Screen:
    """A minute in which it may be cancelled."""
    one = view.content
    lines = [
        heading(one.audience),
        _("It goes out at {hour}. Until then it can be cancelled.").format(hour=f"{view.at:%H:%M:%S}"),
    ]
    return Screen("\n".join(lines), [[tap(_("Cancel"), CancelBroadcast(broadcast=one.id))]])


def letter(view: BroadcastLetter) -> Screen:
    """The letter, and what is pressed under it."""
    rows: list[list[Button]] = []
    if view.files:
        rows.append([tap(attachments(view.files), SendBroadcastFiles(broadcast=view.id))])
    options = [
        tap(shortened(_chosen(one, place == view.chosen), LABEL), AnswerBroadcast(broadcast=view.id, option=place))
        for place, one in enumerate(view.options)
    ]
    narrow = all(len(one.label) <= 14 for one in options)
    rows += grid(options, 2 if narrow else 1)
    if view.read is not None:
        rows.append([tap(_chosen(_("I have seen it"), view.read), AcknowledgeBroadcast(broadcast=view.id))])
    return Screen(view.text, rows)


def attachments(count: int) -> str:
    """«📎 Вложения: 2»."""
    return "📎 " + _("Attachments: {count}").format(count=count)


def _chosen(label: str, is_it: bool) -> str:
    return f"{CHOSEN} {label}" if is_it else label


def _sign(on: bool) -> str:
    return ON if on else OFF


def heading(audience: str) -> str:
    """«Рассылка · 7Б, семьи»."""
    return "<b>" + _("Broadcast") + f"</b> · {esc(audience)}"
