"""Requests to correct a mark: asking step by step, the deputy head's decision, lists; and the letters about them."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.corrections import (
    ApproveRequest,
    AskCorrection,
    AskForStudent,
    AskForValue,
    AskInColumn,
    AskToDecline,
    ChooseReason,
    DeclineRequest,
    DropRequest,
    OpenOwnRequests,
    OpenRequest,
    OpenRequests,
    SendRequest,
    WithdrawRequest,
)
from handlers.callbacks.family import OpenMenu
from handlers.callbacks.journal import OpenJournal
from handlers.callbacks.lessons import OpenLesson
from handlers.screen import ROWS_OF_NAMES, Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens.lessons import heading, place
from handlers.screens.names import WIDTHS, columns_for, labels
from services import words
from services.changes import Outcome
from services.corrections.asking import ColumnChoice, ColumnGrid, RequestDraft, RequestSent, ValueChoice
from services.corrections.deciding import Decided
from services.corrections.places import Column
from services.corrections.reasons import Why, WhyNot, why, why_not
from services.corrections.views import RequestView
from services.errors import SchoolError
from services.i18n import gettext as _
from services.rules.short_names import initials
from storage.vocabulary import RequestState

WITHDRAWN = "-"  # on the wire
MARKS_A_ROW = 5
SIGNS = {
    RequestState.OPEN: "🕓",
    RequestState.APPROVED: "✅",
    RequestState.DECLINED: "✖️",
    RequestState.WITHDRAWN: "↩️",
}


def refused(refusal: SchoolError, ask: CallbackData, back: CallbackData) -> Screen:
    """Why a mark can't be entered, with the way to ask for it in place."""
    return Screen(esc(refusal.say()), [[tap(_("Ask for a correction"), ask)], [tap(_("Back"), back)]])


def column_choice(choice: ColumnChoice) -> Screen:
    """The lesson's columns, and the kinds of work for a new one."""
    lesson = choice.title.lesson_id
    there = [
        tap("✏️ " + words.work_kind_button(one.kind, one.ordinal), _grid_of(Column(lesson, one.kind, one.ordinal)))
        for one in choice.works
    ]
    new = [
        tap(shortened(words.work_kind_button(kind, ordinal), WIDTHS[2]), _grid_of(Column(lesson, kind, ordinal)))
        for kind, ordinal in choice.kinds
    ]
    lines = [f"{heading(choice.title)}, {place(choice.title)}", _("Which mark is to be corrected?")]
    if there and new:
        lines.append(_("✏️ are the columns of this lesson, the others begin a new one."))
    rows = [*grid(there, 1), *grid(new, 2), [tap(_("Back"), OpenLesson(lesson=lesson))]]
    return Screen("\n".join(lines), rows)


def column_grid(view: ColumnGrid, page: int) -> Screen:
    """A page of a column: whose mark?"""
    students, column = list(view.students), view.column
    columns = columns_for(len(students))
    shown, page, pages = page_of(students, page, columns)
    widest = max((len(one.value) + 1 for one in students if one.value is not None), default=0)
    short = labels([one.name for one in students], columns, taken=widest)
    buttons = [
        tap(
            short[one.name.id] + (f" {one.value}" if one.value is not None else ""),
            AskForStudent(**_of(column), student=one.name.id),
        )
        for one in shown
    ]
    back = tap(_("Back"), AskCorrection(lesson=column.lesson_id))
    lines = [
        f"{heading(view.title)}, {words.day_and_month(view.title.on_date)}",
        f"<b>{_capital(words.work_kind(column.kind, column.ordinal))}</b>",
        _("Whose mark is to be corrected?"),
    ]
    return Screen(
        "\n".join(lines), [*grid(buttons, columns), _foot(pager(page, pages, lambda n: _grid_of(column, n)), back)]
    )


def value_choice(choice: ValueChoice) -> Screen:
    """What should stand there."""
    column = choice.column
    stands = _("{value} stands here now.") if choice.value is not None else _("There is no mark here now.")
    lines = [
        f"<b>{esc(choice.student.full)}</b>",
        f"{esc(choice.title.audience)} · {esc(choice.title.subject)}, "
        f"{words.day_and_month(choice.title.on_date)}, {words.work_kind(column.kind, column.ordinal)}",
        stands.format(value=f"<b>{esc(choice.value or '')}</b>"),
        _("What should stand here?"),
    ]

    def wanted(value: str) -> AskForValue:
        return AskForValue(**_of(column), student=choice.student.id, value=value)

    rows = grid((tap(value, wanted(value)) for value in choice.scale if value != choice.value), MARKS_A_ROW)
    if choice.value is not None:
        rows.append([tap(_("Remove the mark"), wanted(WITHDRAWN))])
    rows.append([tap(_("Back"), _grid_of(column))])
    return Screen("\n".join(lines), rows)


def reason_choice(draft: RequestDraft) -> Screen:
    """Why? A usual reason, or a typed one."""
    lines = [*_summary(draft.view), "", _("Why? Choose a reason or type it.")]
    rows = [[tap(_capital(why(one)), ChooseReason(request=draft.number, why=one))] for one in Why]
    return Screen("\n".join(lines), [*rows, [_drop(draft)]])


def draft_shown(draft: RequestDraft) -> Screen:
    """The request as it will be asked."""
    lines = [_("This will be asked of the deputy head:"), "", *_summary(draft.view), _reason(draft.view)]
    lines += ["", _("Another reason can be typed instead.")]
    return Screen("\n".join(lines), [[tap(_("Send the request"), SendRequest(request=draft.number))], [_drop(draft)]])


def request_sent(sent: RequestSent) -> Screen:
    """It is asked, and what comes next."""
    told = _("The request is with the deputy head. The decision will come here.")
    untold = _("The request is written down, but no deputy head is connected to the bot: tell them about it yourself.")
    lines = [told if sent.told else untold, "", *_summary(sent.view), _reason(sent.view)]
    rows: list[list[Button]] = []
    if sent.view.lesson_id is not None:
        rows.append([tap(_("To the lesson"), OpenLesson(lesson=sent.view.lesson_id))])
    rows.append([tap(_("My requests"), OpenOwnRequests(page=0))])
    return Screen("\n".join(lines), rows)


def own_requests(views: Sequence[RequestView], page: int) -> Screen:
    """One's own requests, the newest first."""
    title = _("My requests")
    lines = [f"<b>{title}</b>"]
    lines.append(_("🕓 awaits a decision.") if views else _("You haven't asked for any corrections."))
    return _list(lines, views, page, OpenOwnRequests, tap(_("Back"), OpenJournal(page=0)))


def waiting_requests(views: Sequence[RequestView], page: int) -> Screen:
    """What awaits a decision."""
    title = _("Requests")
    lines = [f"<b>{title}</b>"]
    lines.append(_("These corrections await a decision.") if views else _("No request awaits a decision."))
    return _list(lines, views, page, OpenRequests, tap(_("Menu"), OpenMenu()))


def request(view: RequestView, note: str | None = None, *, seen: int | None = None, letter: bool = False) -> Screen:
    """One request with what its reader may do; `note` (HTML) stands above. `seen`: the mark's revision now shown."""
    assert view.id is not None, "a request that was sent"
    lines = [*([note, ""] if note else []), f"<b>{_title(view)}</b>", *_summary(view), _reason(view)]
    lines += [_asked(view), *_ending(view)]
    rows: list[list[Button]] = []
    if view.decides:
        approve = ApproveRequest(request=view.id, seen=view.seen if seen is None else seen)
        rows.append([tap(_("Approve"), approve), tap(_("Decline"), AskToDecline(request=view.id))])
    elif view.mine and view.state is RequestState.OPEN:
        rows.append([tap(_("Withdraw the request"), WithdrawRequest(request=view.id))])
    if not letter:
        rows.append([tap(_("Back"), OpenOwnRequests(page=0) if view.mine else OpenRequests(page=0))])
    return Screen("\n".join(lines), rows)


def decline_choice(view: RequestView) -> Screen:
    """Why is it declined?"""
    if not view.decides:
        return request(view)
    assert view.id is not None
    lines = [*_summary(view), _reason(view), "", _("Why is it declined? Choose a reason or type it.")]
    rows = [[tap(_capital(why_not(one)), DeclineRequest(request=view.id, why=one))] for one in WhyNot]
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenRequest(request=view.id))]])


def decided(done: Decided) -> Screen:
    """What became of a decision: it stands, somebody was faster, or the mark has changed since it was asked."""
    if done.outcome is not Outcome.CHANGED:
        return request(done.view, None if done.outcome is Outcome.SAVED else esc(_("This was decided before.")))
    if done.standing is None:
        note = _("The mark has changed since: nothing stands there now.")
    else:
        note = _("The mark has changed since: now {value} ({author}, {day} at {hour}).").format(
            value=f"<b>{esc(words.mark(done.standing.value))}</b>",
            author=esc(done.standing.author),
            day=words.day_and_month(done.standing.at.date()),
            hour=f"{done.standing.at:%H:%M}",
        )
    note += " " + _("Approve it all the same?")
    return request(done.view, note, seen=done.rev)


def decision_letter(view: RequestView) -> Screen:
    """What the asker is written."""
    lines = [f"<b>{_title(view)}</b>", *_summary(view)]
    if view.state is RequestState.APPROVED:
        lines.append(_("The journal is corrected, the family will be told."))
    lines += _ending(view)
    rows = [] if view.lesson_id is None else [[tap(_("To the lesson"), OpenLesson(lesson=view.lesson_id))]]
    return Screen("\n".join(lines), rows)


def toast(done: Decided) -> str | None:
    """What the answer to a decision says."""
    if done.outcome is Outcome.CHANGED:
        return _("The mark has changed since.")
    if done.outcome is Outcome.ALREADY:
        return _("This was decided before.")
    return _title(done.view)


def _list(
    lines: list[str],
    views: Sequence[RequestView],
    page: int,
    open_page: type[OpenOwnRequests] | type[OpenRequests],
    back: Button,
) -> Screen:
    shown, page, pages = page_of(views, page, 1)
    buttons = [[tap(_line(one), OpenRequest(request=one.id))] for one in shown if one.id is not None]
    foot = _foot(pager(page, pages, lambda other: open_page(page=other)), back)
    return Screen("\n".join(lines), [*buttons[:ROWS_OF_NAMES], foot])


def _line(view: RequestView) -> str:
    change = f"{view.former or '–'}→{view.wanted or '–'}"
    name = initials(view.student.last, view.student.first)
    room = WIDTHS[1] - len(change) - len(view.class_name) - 5
    return f"{SIGNS[view.state]} {view.class_name} {shortened(name, room)} {change}"


def _title(view: RequestView) -> str:
    return {
        RequestState.OPEN: _("A correction is asked for"),
        RequestState.APPROVED: _("The correction is approved"),
        RequestState.DECLINED: _("The correction is declined"),
        RequestState.WITHDRAWN: _("The request is withdrawn"),
    }[view.state]


def _summary(view: RequestView) -> list[str]:
    """«7Б · Алгебра, 8 сентября, ответ»; «Ларина Татьяна: 4 → 5»."""
    where = [f"{esc(view.class_name)} · {esc(view.subject)}"]
    if view.on_date is not None:
        where.append(words.day_and_month(view.on_date))
    where.append(view.what)
    change = f"{esc(words.mark(view.former))} → {esc(words.mark(view.wanted))}"
    return [", ".join(where), f"{esc(view.student.usual)}: <b>{change}</b>"]


def _reason(view: RequestView) -> str:
    return _("Reason: {reason}").format(reason=esc(view.reason))


def _asked(view: RequestView) -> str:
    when = {"day": words.day_and_month(view.asked_at.date()), "hour": f"{view.asked_at:%H:%M}"}
    return _("Asked by {name}, {day} at {hour}.").format(name=esc(view.asker), **when)


def _ending(view: RequestView) -> list[str]:
    if view.decided_at is None or view.decider is None:
        return []
    when = {"day": words.day_and_month(view.decided_at.date()), "hour": f"{view.decided_at:%H:%M}"}
    if view.state is RequestState.WITHDRAWN:
        return [_("Withdrawn {day} at {hour}.").format(**when)]
    lines = [_("Decided by {name}, {day} at {hour}.").format(name=esc(view.decider), **when)]
    if view.decision:
        lines.append(_("The answer: {reason}").format(reason=esc(view.decision)))
    return lines


def _drop(draft: RequestDraft) -> Button:
    return tap(_("Don't send"), DropRequest(request=draft.number))


def _grid_of(column: Column, page: int = 0) -> AskInColumn:
    return AskInColumn(**_of(column), page=page)


def _of(column: Column) -> dict[str, object]:
    return {"lesson": column.lesson_id, "kind": column.kind, "ordinal": column.ordinal}


def _foot(turning: list[list[Button]], back: Button) -> list[Button]:
    return [*(turning[0] if turning else []), back]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
