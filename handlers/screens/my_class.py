"""«Мой класс»: who reads, who fails, who wasn't reached, contacts, the ledger."""

from datetime import timedelta

from handlers.callbacks.homeroom import OpenClass, OpenGuardian
from handlers.callbacks.my_class import (
    BeginBriefing,
    ChooseBriefed,
    OpenBriefings,
    OpenContacts,
    OpenFailing,
    OpenReaders,
    OpenUnreached,
    SaveBriefing,
    VerifyContacts,
)
from handlers.screen import Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens.names import labels, with_children
from services import words
from services.briefings import BY_HAND, Entry, Ledger, Whom
from services.class_views import ClassContacts, ClassFailing, ClassReaders, ClassUnreached, ContactLine
from services.i18n import N_, ngettext
from services.i18n import gettext as _
from services.letters.notices import WHAT
from services.rules.duties import Duty
from storage.vocabulary import BriefingWay, Channel, ContactState

LABEL = 30
CONTACTS_A_PAGE = 6
LINES_A_PAGE = 10
WAYS = {
    BriefingWay.BROADCAST: N_("broadcast"),
    BriefingWay.PRINT: N_("printed sheets"),
    BriefingWay.MEETING: N_("meeting"),
    BriefingWay.CALL: N_("call"),
    BriefingWay.TALK: N_("talk"),
}
WAY_BUTTONS = {BriefingWay.MEETING: N_("Meeting"), BriefingWay.CALL: N_("Call"), BriefingWay.TALK: N_("Talk")}


def readers(view: ClassReaders, *, silent: bool, page: int) -> Screen:
    """Who reads, the least first: «2 из 2 на этой неделе»."""
    found = view.silent if silent else view.lines
    title = _("Silent for two weeks") if silent else _("Who reads")
    lines = [f"<b>{esc(view.name)}</b> · {title}"]
    if not silent:
        asked = _("Guardians look in {times} times a week ({clause}). A letter that came doesn't count.")
        lines.append(asked.format(times=view.wanted, clause=esc(view.clause)))
        if view.away:
            away = ngettext("{count} isn't connected.", "{count} aren't connected.", view.away)
            lines.append(away.format(count=view.away))
    if not found:
        lines.append(_("Nobody.") if silent else _("Nobody is connected yet."))
    shown, page, pages = page_of(found, page, 1)
    lines.append("")
    for one in shown:
        said = _("{count} of {wanted} this week").format(count=one.this_week, wanted=view.wanted)
        before = _("{count} the week before").format(count=one.last_week)
        last = _("never") if one.last_on is None else words.day_and_month(one.last_on)
        sign = "🔕" if one.silent else "✅" if one.this_week >= view.wanted else "▫"
        tail = _("last: {day}").format(day=last) if one.silent else before
        lines.append(f"{sign} {esc(one.name)} ({esc(', '.join(one.children))}): {said}, {tail}")
    here = {"school_class": view.class_id}
    rows = pager(page, pages, lambda other: OpenReaders(**here, silent=silent, page=other))
    if silent:
        buttons = [
            [tap(with_children(one.name, one.children, LABEL), OpenGuardian(**here, guardian=one.guardian_id))]
            for one in shown
        ]
        rows = [*buttons, *rows, [tap(_("All"), OpenReaders(**here, silent=False, page=0))]]
    elif view.silent:
        quiet = _("🔕 Silent: {count}").format(count=len(view.silent))
        rows.append([tap(quiet, OpenReaders(**here, silent=True, page=0))])
    return Screen("\n".join(lines), [*rows, _back(view.class_id)])


def failing(view: ClassFailing, page: int) -> Screen:
    """Whose marks propose a failing term mark, subject by subject."""
    title = _("Failing")
    lines = [f"<b>{esc(view.name)}</b> · {title}"]
    shown, page, pages = page_of(view.lines, page, 1, LINES_A_PAGE)
    if not view.lines:
        lines.append(_("Nobody: no average of this term proposes a failing mark."))
    else:
        lines.append(_("By the average of this term so far:"))
    for one in shown:
        said = ", ".join(
            f"{esc(subject)} {words.average(mean)} → {esc(proposed)}" for subject, mean, proposed in one.subjects
        )
        lines.append(f"• {esc(one.student.usual)}: {said}")
    rows = pager(page, pages, lambda other: OpenFailing(school_class=view.class_id, page=other))
    return Screen("\n".join(lines), [*rows, _back(view.class_id)])


def unreached(view: ClassUnreached, page: int) -> Screen:
    """What families didn't get in two weeks."""
    title = _("Not delivered")
    lines = [f"<b>{esc(view.name)}</b> · {title}"]
    shown, page, pages = page_of(view.lines, page, 1, LINES_A_PAGE)
    if view.lines:
        lines.append(_("In two weeks these didn't reach the families. Tell them in another way:"))
    else:
        lines.append(_("In two weeks everything reached the families."))
    for one in shown:
        day = words.day_and_month(one.due_at.date())
        what = _(WHAT[one.kind]) if one.kind in WHAT else _("letter")
        lines.append(f"• {esc(one.guardian)} ({esc(one.student)}): {what}, {day}")
    rows = pager(page, pages, lambda other: OpenUnreached(school_class=view.class_id, page=other))
    return Screen("\n".join(lines), [*rows, _back(view.class_id)])


def contacts(view: ClassContacts, page: int) -> Screen:
    """The contacts as the school has them, and the monthly «Сверено» (В 4.3.5)."""
    title = _("Contacts")
    lines = [f"<b>{esc(view.name)}</b> · {title}"]
    if view.verified is None:
        lines.append(_("Not verified yet ({clause}).").format(clause=esc(view.clause)))
    else:
        said = _("Verified: {author}, {day}, {hour}").format(
            author=esc(view.verified.author),
            day=words.day_and_month(view.verified.made_at.date()),
            hour=f"{view.verified.made_at:%H:%M}",
        )
        lines.append(said)
    lines.append(_("Due: {when}").format(when=f"<b>{due(view.duty)}</b>"))
    shown, page, pages = page_of(view.lines, page, 1, CONTACTS_A_PAGE)
    for one in shown:
        children = esc(", ".join(one.children))
        lines += ["", f"<b>{esc(one.name)}</b> ({words.relation(one.relation)}: {children})", _ways(one)]
    lines += ["", _("What is wrong, the school's office corrects.")]
    here = {"school_class": view.class_id}
    rows = grid(
        [tap(shortened(one.short_name, 18), OpenGuardian(**here, guardian=one.guardian_id)) for one in shown], 2
    )
    rows += pager(page, pages, lambda other: OpenContacts(**here, page=other))
    if view.verified is None or view.verified.made_at.date() != view.today:
        rows.append([tap(_("Verified"), VerifyContacts(**here))])
    return Screen("\n".join(lines), [*rows, _back(view.class_id)])


def ledger(view: Ledger) -> Screen:
    """How the two-week duty stands, and how it was done."""
    title = _("Informing the families")
    asked = _("The whole class at least once in {days} days ({clause}).")
    lines = [
        f"<b>{esc(view.name)}</b> · {title}",
        asked.format(days=view.days, clause=esc(view.clause)),
        _("Due: {when}").format(when=f"<b>{due(view.duty)}</b>"),
        _("Broadcasts and printed sheets are written down by themselves."),
        "",
    ]
    if not view.entries:
        lines.append(_("Nothing is written down yet."))
    for one in view.entries[:LINES_A_PAGE]:
        whom = "" if one.student is None else f", {esc(one.student)}"
        said = f": {esc(shortened(one.words, 80))}" if one.words else ""
        lines.append(f"• {words.day_and_month(one.on_date)} — {_(WAYS[one.way])}{whom}{said}")
    meeting = BeginBriefing(school_class=view.class_id, way=BriefingWay.MEETING, student=0, on=view.today.isoformat())
    rows = [
        [
            tap(_(WAY_BUTTONS[BriefingWay.MEETING]), meeting),
            *(
                tap(_(WAY_BUTTONS[way]), ChooseBriefed(school_class=view.class_id, way=way, page=0))
                for way in BY_HAND
                if way is not BriefingWay.MEETING
            ),
        ]
    ]
    return Screen("\n".join(lines), [*rows, _back(view.class_id)])


def briefed(view: Whom, page: int) -> Screen:
    """Whom a call or talk was with."""
    lines = [f"<b>{esc(view.name)}</b> · {_(WAY_BUTTONS[view.way])}", _("With whose family?")]
    shown, page, pages = page_of(view.students, page, 2)
    short = labels(view.students, 2)
    here, today = {"school_class": view.class_id, "way": view.way}, view.today.isoformat()
    rows = grid([tap(short[one.id], BeginBriefing(**here, student=one.id, on=today)) for one in shown], 2)
    rows += pager(page, pages, lambda other: ChooseBriefed(**here, page=other))
    rows.append([tap(_("The whole class"), BeginBriefing(**here, student=0, on=today))])
    back = OpenBriefings(school_class=view.class_id)
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def entry(view: Entry) -> Screen:
    """An entry being written: what it was about may be typed."""
    whom = _("the whole class") if view.student is None else view.student.usual
    day = words.day(view.on_date, view.today)
    lines = [
        f"<b>{esc(view.name)}</b> · {_(WAY_BUTTONS[view.way])}, {esc(whom)}",
        day,
        "",
        _("Write in a few words what it was about, or press “Without words”."),
    ]
    here = {"school_class": view.class_id, "way": view.way, "student": 0 if view.student is None else view.student.id}
    other = view.today - timedelta(days=1) if view.on_date == view.today else view.today
    turn = _("It was yesterday") if view.on_date == view.today else _("It was today")
    rows = [
        [tap(_("Without words"), SaveBriefing(**here, on=view.on_date.isoformat()))],
        [tap(turn, BeginBriefing(**here, on=other.isoformat()))],
        [tap(_("Back"), OpenBriefings(school_class=view.class_id))],
    ]
    return Screen("\n".join(lines), rows)


def due(duty: Duty) -> str:
    """When a duty is due: «до 15 сентября, ещё 4 дня», «просрочено: срок был 8 сентября»."""
    day = words.day_and_month(duty.due_on)
    if duty.overdue:
        return "⚠️ " + _("was due {day}").format(day=day)
    if duty.days_left == 0:
        return _("due today")
    return _("until {day}, {left}").format(day=day, left=left(duty))


def left(duty: Duty) -> str:
    """How long a duty has: «осталось 4 дня», «срок сегодня», «⚠️ срок был 8 сентября»."""
    if duty.overdue or duty.days_left == 0:
        return due(duty)
    return ngettext("{count} day left", "{count} days left", duty.days_left).format(count=duty.days_left)


def _ways(one: ContactLine) -> str:
    """«+7 900 …, a@b.ru · Telegram, почта, бумага»."""
    kept = [esc(part) for part in (one.phone, one.email) if part]
    ways = ["Telegram"] if one.telegram else []
    for way in one.ways:
        if way.channel is Channel.PAPER:
            ways.append(_("paper"))
        elif way.channel is Channel.EMAIL:
            waits = "" if way.state is ContactState.CONFIRMED else " ⏳"
            ways.append(_("e-mail {address}").format(address=esc(way.address)) + waits)
    known = ", ".join(kept) or _("no telephone")
    told = ", ".join(ways) or _("letters go nowhere")
    return f"{known} · {told}"


def _back(class_id: int) -> list[Button]:
    return [tap(_("Back"), OpenClass(school_class=class_id))]
