"""«Написать учителю» and «Переписка»."""

from collections.abc import Sequence

from handlers.callbacks.family import OpenMenu
from handlers.callbacks.threads import (
    AnswerThread,
    AskComplaint,
    AskHandOver,
    ChooseHandOver,
    ChooseTeacher,
    Complain,
    HandOver,
    OpenThread,
    OpenThreads,
    SendAttachment,
    SendDoubted,
    SendThread,
    StopWriting,
    TakeAsLine,
    WriteTo,
    WriteToOffice,
    WriteToTeacher,
)
from handlers.screen import Button, Screen, esc, page_of, pager, shortened, tap
from services import words
from services.i18n import gettext as _
from services.i18n import ngettext
from services.letters.threads import ThreadLetter
from services.letters.typeset import in_sentence, shown_length
from services.threads.views import (
    Addressee,
    Choice,
    Doubted,
    EntryView,
    HandOverChoice,
    Prompt,
    Sent,
    ThreadView,
    Titled,
)
from services.threads.writing import LONGEST, HandOverTo

LABEL = 30
PAGE_LENGTH = 2600  # UTF-16 units of a page's entries, the longest entry's own length allowing
ENTRIES = 6
UNREAD = "●"


def choice(view: Choice, page: int = 0) -> Screen:
    """Which child, or the child's teachers with their subjects."""
    if view.child is None:
        rows = [
            [tap(shortened(f"{one.first_name} {one.last_name}", LABEL), ChooseTeacher(student=one.id, page=0))]
            for one in view.children
        ]
        text = "\n".join(["<b>" + _("Write to a teacher") + "</b>", _("About which child?")])
        return Screen(text, [*rows, [tap(_("Menu"), OpenMenu())]])
    child = view.child
    shown, page, pages = page_of(view.teachers, page, 1)
    title = esc(f"{child.first_name}, {view.class_name}")
    lines = ["<b>" + _("Write to a teacher") + f"</b> · {title}", _("Whom shall the letter go to?")]
    if view.unconnected:
        lines.append(
            ngettext(
                "{count} teacher isn't connected yet and can't be written to here.",
                "{count} teachers aren't connected yet and can't be written to here.",
                view.unconnected,
            ).format(count=view.unconnected)
        )
    rows = [[tap(_addressee(one), WriteTo(student=child.id, teacher=one.id))] for one in shown]
    rows += pager(page, pages, lambda number: ChooseTeacher(student=child.id, page=number))
    if view.office:
        rows.append([tap(_("Administration"), WriteToOffice(student=child.id))])
    back = WriteToTeacher() if len(view.children) > 1 else OpenMenu()
    rows.append([tap(_("Correspondence"), OpenThreads(page=0)), tap(_("Back"), back)])
    return Screen("\n".join(lines), rows)


def _addressee(one: Addressee) -> str:
    subjects = [in_sentence(subject) for subject in one.subjects]
    said = [_("homeroom teacher"), *subjects] if one.homeroom else subjects
    return shortened(f"{one.name} · {', '.join(said)}", LABEL)


def prompt(view: Prompt) -> Screen:
    """What the next text will be."""
    lines = [heading(view.title), ""]
    if view.answers is not None:
        lines += [f"<blockquote>{esc(shortened(_gist(view.answers), 300))}</blockquote>"]
    lines += [
        _("Type the letter in one message, or send a photo or a document. Phone numbers aren't shown to anybody."),
        "<i>" + _("At most {limit} characters.").format(limit=LONGEST) + "</i>",
    ]
    return Screen("\n".join(lines), [[tap(_("Don't write"), StopWriting())]])


def _gist(entry: EntryView) -> str:
    return entry.text or (f"📎 {entry.file}" if entry.file else "")


def doubted(view: Doubted) -> Screen:
    """A letter, or a line of the lesson that is on?"""
    lines = [
        "<b>" + _("To the family, or into the journal?") + "</b>",
        f"<blockquote>{esc(shortened(view.text, 300))}</blockquote>",
        _("A lesson is on, and this reads like a line of it."),
    ]
    rows = [
        [tap(_("Send it as a letter"), SendDoubted(asked=view.asked))],
        [tap(_("Write it into the journal"), TakeAsLine(asked=view.asked))],
        [tap(_("Don't write"), StopWriting())],
    ]
    return Screen("\n".join(lines), rows)


def sent(view: Sent) -> Screen:
    """It is on its way, and when it will be read."""
    lines = [heading(view.title), _("The letter is sent.")]
    if view.away:
        lines.append(_("The teacher is away, nobody knows till when. What is urgent, write to the administration."))
    elif view.reads_at is not None:
        day = words.day(view.reads_at.date(), view.today)
        lines.append(
            _("Now is outside working hours: it will be delivered {day}, at {hour}.").format(
                day=day, hour=f"{view.reads_at:%H:%M}"
            )
        )
    rows = [[tap(_("Write more"), AnswerThread(thread=view.title.id)), tap(_("Correspondence"), OpenThreads(page=0))]]
    return Screen("\n".join(lines), rows)


def threads(found: Sequence[Titled], page: int, side_of_family: bool) -> Screen:
    """The list, the newest first; «●» where something is unread."""
    shown, page, pages = page_of(found, page, 1)
    unread = sum(one.unread > 0 for one in found)
    lines = ["<b>" + _("Correspondence") + "</b>"]
    if not found:
        lines.append(_("Nobody has written yet."))
    elif unread:
        lines.append(_("● With unread letters: {count}").format(count=unread))
    else:
        lines.append(_("Everything is read."))
    rows = [[tap(_line(one), OpenThread(thread=one.id, page=0))] for one in shown]
    rows += pager(page, pages, lambda number: OpenThreads(page=number))
    if side_of_family:
        rows.append([tap(_("Write to a teacher"), WriteToTeacher())])
    return Screen("\n".join(lines), [*rows, [tap(_("Menu"), OpenMenu())]])


def _line(one: Titled) -> str:
    sign = f"{UNREAD} " if one.unread else ""
    return shortened(sign + one.short, LABEL)


def thread(view: ThreadView, page: int = 0) -> Screen:
    """The newest letters, the newest last, as in a chat; what is older on other pages."""
    pages = _pages(view.entries)
    page = min(page, len(pages) - 1)
    lines = [heading(view.title)]
    for one in reversed(pages[page]):
        lines += ["", *_entry(one, view)]
    if view.closed is not None:
        lines += ["", "<i>" + esc(view.closed.say()) + "</i>"]
    rows: list[list[Button]] = []
    if view.closed is None:
        rows.append([tap(_("Answer it"), AnswerThread(thread=view.title.id))])
    files = [one for one in reversed(pages[page]) if one.file]
    rows += [[tap(shortened(f"📎 {one.file}", LABEL), SendAttachment(entry=one.id))] for one in files]
    rows += _older(view.title, page, len(pages))
    if view.may_hand_over:
        rows.append([tap(_("Hand over"), AskHandOver(thread=view.title.id))])
    if view.may_complain:
        rows.append([tap(_("Show to the administration"), AskComplaint(thread=view.title.id))])
    rows.append([tap(_("Correspondence"), OpenThreads(page=0)), tap(_("Menu"), OpenMenu())])
    return Screen("\n".join(lines), rows)


def _older(title: Titled, page: int, pages: int) -> list[list[Button]]:
    row = []
    if page < pages - 1:
        row.append(tap(_("← Earlier"), OpenThread(thread=title.id, page=page + 1)))
    if page > 0:
        row.append(tap(_("Later →"), OpenThread(thread=title.id, page=page - 1)))
    return [row] if row else []


def _pages(entries: Sequence[EntryView]) -> list[list[EntryView]]:
    """Entries in pages that fit into one message, the newest first; one page at least."""
    pages: list[list[EntryView]] = [[]]
    length = 0
    for one in entries:
        size = shown_length(esc(one.text)) + 120  # and the line above it
        if pages[-1] and (length + size > PAGE_LENGTH or len(pages[-1]) == ENTRIES):
            pages.append([])
            length = 0
        pages[-1].append(one)
        length += size
    return pages[:100]


def _entry(one: EntryView, view: ThreadView) -> list[str]:
    day = "" if one.at.date() == view.today else words.weekday(one.at.date()) + ", "
    who = _("You") if one.own else one.author
    state = {True: " · " + _("read"), False: " · " + _("not read yet"), None: ""}[one.read]
    lines = [f"<b>{esc(who)}</b>, {day}{one.at:%H:%M}{state}"]
    if one.deed:
        lines.append("<i>" + esc(one.deed) + "</i>")
    if one.text:
        lines.append(esc(one.text))
    if one.file:
        lines.append("📎 " + esc(one.file))
    return lines


def heading(title: Titled) -> str:
    """With whom, about whom."""
    return f"<b>{esc(title.other)}</b>" + (f" · {esc(title.about)}" if title.about else "")


def hand_over_choice(view: HandOverChoice) -> Screen:
    """To whom?"""
    rows = []
    if view.homeroom is not None:
        label = shortened(_("Homeroom teacher: {name}").format(name=view.homeroom), LABEL)
        rows.append([tap(label, ChooseHandOver(thread=view.title.id, to=HandOverTo.HOMEROOM))])
    if view.office:
        rows.append([tap(_("Administration"), ChooseHandOver(thread=view.title.id, to=HandOverTo.OFFICE))])
    lines = [
        heading(view.title),
        "",
        _("Whom shall the correspondence go to? They will see all of it and answer it; you won't see it any more."),
    ]
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenThread(thread=view.title.id, page=0))]])


def note_prompt(view: HandOverChoice, to: HandOverTo) -> Screen:
    """Why? The note may be typed now."""
    target = _("Administration") if view.homeroom is None else view.homeroom
    lines = [
        heading(view.title),
        _("It will be handed over to: {name}").format(name=esc(target)),
        "",
        _("Type a note. Both sides will read it: the family, and who takes the correspondence over."),
    ]
    rows = [
        [tap(_("Without a note"), HandOver(thread=view.title.id, to=to))],
        [tap(_("Back"), OpenThread(thread=view.title.id, page=0))],
    ]
    return Screen("\n".join(lines), rows)


def handed_over(view: Sent) -> Screen:
    """It is theirs now."""
    text = "\n".join([heading(view.title), _("The correspondence is handed over; both sides are told.")])
    return Screen(text, [[tap(_("Correspondence"), OpenThreads(page=0)), tap(_("Menu"), OpenMenu())]])


def complaint(title: Titled) -> Screen:
    """Are you sure?"""
    lines = [
        heading(title),
        "",
        _("The deputy heads and the director will see the whole of this correspondence and can answer in it."),
        _("The teacher will see that you turned to them."),
    ]
    rows = [
        [tap(_("Show to the administration"), Complain(thread=title.id))],
        [tap(_("Back"), OpenThread(thread=title.id, page=0))],
    ]
    return Screen("\n".join(lines), rows)


def letter(view: ThreadLetter) -> Screen:
    """A letter of a thread, to either side."""
    rows = [[tap(shortened(f"📎 {one.label}", LABEL), SendAttachment(entry=one.entry_id))] for one in view.files[:6]]
    last = [tap(_("Correspondence"), SendThread(thread=view.thread_id))]
    if view.may_answer:
        last.insert(0, tap(_("Answer it"), AnswerThread(thread=view.thread_id)))
    return Screen(view.text, [*rows, last])
