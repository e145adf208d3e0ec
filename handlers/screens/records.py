"""What the topic's screen offers, and what became of a choice of topic or homework."""

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.lessons import OpenLesson, OpenTopic, PutDoubtedTopic, PutPlanTopic, RestoreRecord
from handlers.screen import Button, Screen, esc, shortened, tap
from handlers.screens.lessons import LABEL, heading, lesson_card, place
from services.changes import Outcome, Standing
from services.i18n import N_
from services.i18n import gettext as _
from services.records import RecordPut, TopicChoice, TopicDoubt
from services.rules.wording import Doubt
from storage.vocabulary import RecordPart

QUOTED = 100
SAVED = {
    RecordPart.TOPIC: N_("The topic is saved."),
    RecordPart.ATTENDANCE: N_("The attendance is confirmed."),
    RecordPart.HOMEWORK: N_("The homework is saved."),
}
TAKEN_BACK = {
    RecordPart.TOPIC: N_("The topic is taken back."),
    RecordPart.ATTENDANCE: N_("The attendance is to be confirmed again."),
    RecordPart.HOMEWORK: N_("The homework is taken back."),
}

DOUBTS = {
    Doubt.NOT_RUSSIAN: N_("Records are kept in Russian in every subject ({clause})."),
    Doubt.NO_THEME: N_("A control, laboratory or practical work is recorded with its theme ({clause})."),
}


def topic_choice(choice: TopicChoice) -> Screen:
    """The next topics of the plan; a typed text is awaited."""
    lines = [f"{heading(choice.title)}, {place(choice.title)}"]
    if choice.current is not None:
        lines.append(_("Now: {text}").format(text=esc(shortened(choice.current.value, QUOTED * 3))))
    lines.append(_("Choose the topic from the plan or type it.") if choice.topics else _("Type the topic, please."))
    lesson = choice.title.lesson_id
    rows = [
        [
            tap(
                shortened(f"{one.ordinal}. {one.title}", LABEL),
                PutPlanTopic(lesson=lesson, topic=one.id, seen=choice.rev),
            )
        ]
        for one in choice.topics
    ]
    return Screen("\n".join(lines), [*rows, [_back(lesson)]])


def topic_doubt(doubt: TopicDoubt) -> Screen:
    """The typed topic shown back, and why; another one may be typed instead."""
    lines = [
        f"{heading(doubt.title)}, {place(doubt.title)}",
        f"«{esc(doubt.text)}»",
        _(DOUBTS[doubt.doubt]).format(clause=esc(doubt.clause)),
        _("Type it another way, or write it as it is."),
    ]
    lesson = doubt.title.lesson_id
    rows = [[tap(_("Write it as it is"), PutDoubtedTopic(lesson=lesson))], [tap(_("Back"), OpenTopic(lesson=lesson))]]
    return Screen("\n".join(lines), rows)


def answered(put: RecordPut) -> Screen:
    """What the message that asked becomes once its answer was typed: a plain line without buttons."""
    return Screen(f"{heading(put.card.title)}, {place(put.card.title)}\n{esc(toast(put))}")


def record_put(put: RecordPut, again: CallbackData | None = None) -> Screen:
    """The card after a tap or a typed text.

    Where somebody was faster it says who and when, and offers `again`, the same choice with the version now seen; a
    typed text has none and is to be sent again.
    """
    if put.outcome is not Outcome.CHANGED or put.standing is None:
        return lesson_card(put.card, esc(toast(put)), undo_of(put))
    note = esc(changed(put.standing))
    if again is None:
        note += " " + _("To replace it send your text once more.")
        return Screen("\n".join([heading(put.card.title), note]), [[_back(put.card.title.lesson_id)]])
    rows = [[tap(_("Replace"), again)], [_back(put.card.title.lesson_id)]]
    question = _("Replace it?")
    return Screen("\n".join([heading(put.card.title), f"{note} {question}"]), rows)


def toast(put: RecordPut) -> str:
    """What the answer to a tap says."""
    if put.outcome is Outcome.ALREADY:
        return _("Already saved.")
    if put.outcome is Outcome.CHANGED:
        return changed(put.standing) if put.standing is not None else _("It has changed meanwhile.")
    part = {
        RecordPart.TOPIC: put.card.topic,
        RecordPart.ATTENDANCE: put.card.attendance,
        RecordPart.HOMEWORK: put.card.homework,
    }[put.part]
    return _((SAVED if part is not None else TAKEN_BACK)[put.part])


def changed(standing: Standing) -> str:
    """«Изменено: Смирнова, 10:42 — Выражения.»"""
    value = _("taken back") if standing.value is None else (standing.value or _("none set"))
    return _("Changed: {author}, {hour} — {value}.").format(
        author=standing.author, hour=f"{standing.at:%H:%M}", value=shortened(value, QUOTED)
    )


def undo_of(put: RecordPut) -> CallbackData | None:
    """«Отменить» after something was saved: the part as it stood before."""
    if put.outcome is not Outcome.SAVED or put.back_to is None:
        return None
    seen = put.card.revs[put.part]
    return RestoreRecord(lesson=put.card.title.lesson_id, part=put.part, back_to=put.back_to, seen=seen)


def _back(lesson: int) -> Button:
    return tap(_("Back"), OpenLesson(lesson=lesson))
