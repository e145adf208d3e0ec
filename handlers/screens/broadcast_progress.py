"""How a broadcast goes: the message that edits itself, the lists, the recall."""

from handlers.callbacks.broadcasts import (
    AskRecall,
    CloseAnswers,
    ExportBroadcast,
    OpenBroadcast,
    OpenBroadcasts,
    OpenReaders,
    PauseBroadcast,
    RecallBroadcast,
    RemindSilent,
    ResumeBroadcast,
    SendReaders,
    StopBroadcast,
)
from handlers.screen import Button, Screen, esc, grid, page_of, pager, tap
from handlers.screens.broadcasts import attachments, heading
from services import words
from services.broadcasts.content import gist
from services.broadcasts.progress import Which
from services.broadcasts.views import People, Progress
from services.i18n import N_
from services.i18n import gettext as _
from storage.vocabulary import BroadcastState, PauseReason

SHOWN_TEXT = 160
TITLES = {
    Which.SILENT: N_("No answer yet"),
    Which.UNREACHED: N_("Not reached"),
    Which.ANSWERED: N_("Answered"),
}
STATES = {
    BroadcastState.SENDING: N_("⏳ It is being sent."),
    BroadcastState.PAUSED: N_("⏸ Paused."),
    BroadcastState.DONE: N_("✅ Sent."),
    BroadcastState.CANCELLED: N_("⏹ Stopped: who hasn't got it yet won't get it."),
    BroadcastState.RECALLED: N_("↩️ Recalled."),
}
PAUSED = {
    PauseReason.ERRORS: N_("⏸ Paused by itself: of {tried} letters {failed} were refused. Go on, or stop it."),
    PauseReason.BY_HAND: N_("⏸ Paused. Nothing more goes out until you go on."),
}


def progress(view: Progress) -> Screen:
    """The figures, and what may be done."""
    one = view.content
    lines = [heading(one.audience)]
    lines.append(f"<i>{esc(gist(one.text, one.files, SHOWN_TEXT))}</i>")
    if len(one.files) > 1:
        lines.append(attachments(len(one.files)))
    if view.sent_at is not None:
        day = words.day(view.sent_at.date(), view.today)
        lines.append(_("Sent {day}, at {hour}").format(day=day, hour=f"{view.sent_at:%H:%M}"))
    lines += ["", _state(view), "", *_figures(view)]
    return Screen("\n".join(lines), _buttons(view))


def _state(view: Progress) -> str:
    if view.content.state is BroadcastState.PAUSED and view.paused is not None:
        tried, failed = view.counts.attempts, view.counts.errors
        return _(PAUSED[view.paused]).format(tried=tried, failed=failed)
    return _(STATES[view.content.state])


def _figures(view: Progress) -> list[str]:
    one, counts = view.content, view.counts
    if one.state is BroadcastState.RECALLED:
        lines = [_("Deleted or never sent: {count} of {all}").format(count=counts.recalled, all=counts.people)]
        if counts.delivered + counts.kept:
            left = counts.delivered + counts.kept
            lines.append(_("Still with the reader: {count} (e-mail, paper, or not to be deleted)").format(count=left))
        return lines
    lines = [_("Delivered: {count} of {all}").format(count=counts.delivered, all=counts.people)]
    if counts.waiting:
        lines.append(_("Wait: {count}").format(count=counts.waiting))
    if counts.unreached:
        lines.append(_("Not reached: {count}").format(count=counts.unreached))
    if one.asks_reading:
        lines.append(_("Have read it: {count}").format(count=counts.read))
    if one.options:
        lines.append("")
        lines += [f"{esc(option)} — {count}" for option, count in zip(one.options, view.answers, strict=True)]
        if view.closed:
            lines.append("<i>" + _("Answers aren't taken any more.") + "</i>")
    if view.silent:
        lines.append(_("No answer yet: {count}").format(count=view.silent))
    return lines


def _buttons(view: Progress) -> list[list[Button]]:
    one = view.content
    rows: list[list[Button]] = []
    if one.state is BroadcastState.SENDING:
        rows.append([tap(_("Pause"), PauseBroadcast(broadcast=one.id))])
    if one.state is BroadcastState.PAUSED:
        rows.append(
            [tap(_("Go on"), ResumeBroadcast(broadcast=one.id)), tap(_("Stop"), StopBroadcast(broadcast=one.id))]
        )
    if one.state is not BroadcastState.RECALLED:
        lists = []
        if view.silent:
            label = _("No answer yet: {count}").format(count=view.silent)
            lists.append(tap(label, SendReaders(broadcast=one.id, which=Which.SILENT)))
        if view.counts.unreached:
            label = _("Not reached: {count}").format(count=view.counts.unreached)
            lists.append(tap(label, SendReaders(broadcast=one.id, which=Which.UNREACHED)))
        acts = []
        if view.silent and one.state is not BroadcastState.PAUSED and (one.asks_reading or not view.closed):
            acts.append(tap(_("Remind them"), RemindSilent(broadcast=one.id)))
        if one.options and not view.closed:
            acts.append(tap(_("Close the answers"), CloseAnswers(broadcast=one.id)))
        rows += [row for row in (lists, acts) if row]
    last = [tap(_("List as a file"), ExportBroadcast(broadcast=one.id))]
    if view.recallable:
        last.append(tap(_("Recall"), AskRecall(broadcast=one.id)))
    return [*rows, last, [tap(_("Broadcasts"), OpenBroadcasts(page=0))]]


def ask_recall(view: Progress) -> Screen:
    """Are you sure?"""
    one = view.content
    lines = [
        "<b>" + _("Recall the broadcast?") + "</b>",
        f"<i>{esc(gist(one.text, one.files, SHOWN_TEXT))}</i>",
        "",
        _("What waits won't be sent; what was delivered in Telegram will be deleted. E-mail and paper stay."),
    ]
    rows = [
        [tap(_("Recall"), RecallBroadcast(broadcast=one.id))],
        [tap(_("Back"), OpenBroadcast(broadcast=one.id))],
    ]
    return Screen("\n".join(lines), rows)


def recalled(view: Progress) -> Screen:
    """Just recalled: the letters are only now being deleted, so no figures yet."""
    one = view.content
    lines = [
        heading(one.audience),
        f"<i>{esc(gist(one.text, one.files, SHOWN_TEXT))}</i>",
        "",
        _(STATES[BroadcastState.RECALLED]),
        _("Letters are being deleted. “Show the course” says how many."),
    ]
    return Screen("\n".join(lines), [[tap(_("Show the course"), OpenBroadcast(broadcast=one.id))]])


def readers(view: People, which: Which, class_id: int, page: int) -> Screen:
    """Names, by class where there are several."""
    one = view.content
    lines = [f"<b>{_(TITLES[which])}</b> · {esc(one.audience)}", _("People: {count}").format(count=len(view.readers))]
    back = [tap(_("Back"), OpenBroadcast(broadcast=one.id))]
    names = sorted({(each.class_name or "", each.class_id or 0) for each in view.readers})
    if not class_id and len(names) > 1:
        counted = [
            tap(
                f"{name}: {sum(each.class_id == id_ for each in view.readers)}",
                OpenReaders(broadcast=one.id, which=which, school_class=id_, page=0),
            )
            for name, id_ in names
            if id_
        ]
        return Screen("\n".join(lines), [*grid(counted[:24], 3), back])
    shown, page, pages = page_of(view.readers, page, 2)
    lines += ["", *(_name(each.last_name, each.first_name, each.student_first_name) for each in shown)]
    rows = pager(page, pages, lambda at: OpenReaders(broadcast=one.id, which=which, school_class=class_id, page=at))
    if which is Which.SILENT and view.readers:
        rows.append([tap(_("Remind them"), RemindSilent(broadcast=one.id))])
    return Screen("\n".join(lines), [*rows, back])


def _name(last: str, first: str, child: str | None) -> str:
    name = f"{last} {first}"
    return esc(f"{name} ({child})" if child else name)


def reminded(count: int) -> str:
    """What the tap of «Напомнить» is answered with."""
    return _("Reminded: {count}").format(count=count)
