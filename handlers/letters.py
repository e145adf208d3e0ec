"""Letters for Telegram: families' letters and notices with their buttons; the staff's are drawn in staff_letters."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from handlers.callbacks.absences import OpenAbsences
from handlers.callbacks.access import ConfirmStudent
from handlers.callbacks.family import OpenDiary, SendDiary
from handlers.callbacks.homeroom import ConfirmGuardian
from handlers.callbacks.homework import SendFiles
from handlers.callbacks.reading import Acknowledge, SendResults
from handlers.screen import Button, Screen, shortened, tap
from handlers.staff_letters import Drawn, StaffLetter
from services.i18n import gettext as _
from services.i18n import speaking
from services.letters import compose
from services.letters.diary_news import Written
from services.letters.notices import Notice
from services.outbox.transport import Composed, DueItem, Later, Reachable, Uow
from storage.vocabulary import FileKind, ItemKind, LetterMethod

LABEL = 30
MOST_BUTTONS = 6


class TelegramLetters:
    """The postman's composer."""

    def __init__(self, staff: Mapping[ItemKind, StaffLetter]) -> None:
        self._staff = staff

    async def compose(
        self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime
    ) -> Composed | Later | None:
        """The letter for the due items of one bundle, in the recipient's language; Later at a bad hour."""
        kind = items[0].kind
        held_until = await compose.held_until(uow, recipient, items, now)
        if held_until is not None:
            return Later(held_until)
        with speaking(recipient.locale):
            if kind in self._staff:
                drawn = await self._staff[kind](uow, recipient, items, now)
                return drawn if drawn is None or isinstance(drawn, Later) else _drawn(drawn, items)
            if compose.is_notice(items[0]):
                notice = await compose.notice(uow, recipient, items, now)
                return None if notice is None else _composed(_noticed(notice), items, notice.item_ids)
            written = await compose.family_letter(uow, recipient, items, now)
            if written is None:
                return None
            rows = ROWS.get(kind, diary_rows)(written, items)
            return _composed(Screen(written.text, rows), items, written.item_ids)


def diary_rows(written: Written, items: Sequence[DueItem]) -> list[list[Button]]:
    """Under a letter about a child: attachments of homework, and the diary."""
    files = [
        tap(
            shortened(_("Attachments: {subject}").format(subject=one.subject), LABEL),
            SendFiles(student=one.student_id, lesson=one.lesson_id),
        )
        for one in written.attached[:MOST_BUTTONS]
    ]
    diary = [[tap(_("Diary"), SendDiary(student=written.student_ids[0]))]] if written.student_ids else []
    return [*([one] for one in files), *diary]


def results_rows(written: Written, items: Sequence[DueItem]) -> list[list[Button]]:
    """Under a letter of results: «Ознакомлен(а)», and the year's results."""
    if not written.student_ids or not written.seen:
        return diary_rows(written, items)
    student_id = written.student_ids[0]
    return [
        [tap(_("I have seen it"), Acknowledge(student=student_id, seen=written.seen))],
        [tap(_("Results"), SendResults(student=student_id)), tap(_("Diary"), SendDiary(student=student_id))],
    ]


# What may be pressed under a family's letter, by the kind of its first item, where it isn't the diary.
ROWS: Mapping[ItemKind, Callable[[Written, Sequence[DueItem]], list[list[Button]]]] = {
    ItemKind.TERM_RESULT: results_rows,
    ItemKind.READING_REMINDER: results_rows,
}


def _drawn(drawn: Drawn, items: Sequence[DueItem]) -> Composed:
    ids = tuple(one.id for one in items) if drawn.item_ids is None else tuple(drawn.item_ids)
    if drawn.taken_back:
        return Composed({"text": "", "rows": []}, ids, LetterMethod.DELETE, items[-1].previous_letter_id)
    if drawn.file is not None:
        photo = drawn.file.kind is FileKind.PHOTO
        file = {"photo": drawn.file.file_id} if photo else {"document": {"file_id": drawn.file.file_id}}
        payload = _payload(drawn.screen, silent=drawn.silent) | file
        return Composed(payload, ids, LetterMethod.PHOTO if photo else LetterMethod.DOCUMENT)
    if not drawn.in_place or items[-1].previous_letter_id is None:
        return _composed(drawn.screen, items, ids, silent=drawn.silent)
    return Composed(_payload(drawn.screen, silent=True), ids, LetterMethod.EDIT, items[-1].previous_letter_id)


def _noticed(notice: Notice) -> Screen:
    rows = [
        [
            tap(
                shortened(_("Confirm: {name}").format(name=one.name), LABEL),
                ConfirmStudent(school_class=one.class_id, student=one.person_id)
                if one.student
                else ConfirmGuardian(school_class=one.class_id, guardian=one.person_id),
            )
        ]
        for one in notice.awaiting[:MOST_BUTTONS]
    ]
    if notice.absences_of is not None:
        rows.append([tap(_("Absent"), OpenAbsences(school_class=notice.absences_of, page=0))])
    if notice.diary:
        rows.append([tap(_("Diary"), OpenDiary())])
    return Screen(notice.text, rows)


def _composed(screen: Screen, items: Sequence[DueItem], item_ids: Sequence[int], *, silent: bool = False) -> Composed:
    told = set(item_ids)
    return Composed(_payload(screen, silent=silent), tuple(item.id for item in items if item.id in told))


def _payload(screen: Screen, *, silent: bool) -> dict[str, object]:
    return {"text": screen.text, "rows": [[_button(one) for one in row] for row in screen.rows], "silent": silent}


def _button(button: Button) -> dict[str, str]:
    if button.url is not None:
        return {"label": button.label, "url": button.url}
    assert button.data is not None, "a button does something"
    return {"label": button.label, "data": button.data}
