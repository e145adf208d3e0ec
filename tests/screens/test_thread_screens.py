"""Screens of correspondence as values: safe HTML, uncut labels, a 360-px phone, pages that fit one message."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.screen import Screen
from handlers.screens import threads as screens
from services.i18n import speaking
from services.letters.threads import AttachedFile, ThreadLetter
from services.threads.refusals import TeacherGone
from services.threads.views import (
    Addressee,
    ChildToWrite,
    Choice,
    EntryView,
    HandOverChoice,
    Prompt,
    Sent,
    ThreadView,
    Titled,
)
from services.threads.writing import LONGEST, HandOverTo
from storage.vocabulary import ItemId, PersonId, ThreadId, ThreadSide
from tests.school import TODAY
from tests.screens.test_teacher_screens import checked, labels

LONGEST_ID = 2**63 - 100
AT = datetime(2026, 9, 8, 10, 42, tzinfo=ZoneInfo("Europe/Moscow"))
LONG = "Константинопольская-Преображенская Александра Константиновна"
NASTY = "<b>& <script>"
SHORT = "7Б Константинопольская-Преображенская А. · законный представитель"
TITLES = [
    Titled(ThreadId(LONGEST_ID), side, f"{LONG} {NASTY}", f"{LONG}, 7Б", SHORT, unread, AT)
    for side in (ThreadSide.FAMILY, ThreadSide.TEACHER, ThreadSide.OFFICE)
    for unread in (0, 12)
]
TITLE = TITLES[0]
CHILD = ChildToWrite(PersonId(LONGEST_ID), NASTY, LONG)


@pytest.fixture(params=["ru", "en"], autouse=True)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with speaking(request.param):
        yield request.param


def entry(number: int, text: str, *, own: bool = False, file: str | None = None) -> EntryView:
    return EntryView(number, own, f"{LONG} {NASTY}", AT - timedelta(days=number), text, None, file, own or None)


def thread(*entries: EntryView) -> ThreadView:
    return ThreadView(TITLE, entries, TODAY, None, may_hand_over=True, may_complain=True)


def test_a_page_of_a_thread_fits_whatever_was_written() -> None:
    for text in ("&" * LONGEST, "😀" * (LONGEST // 2), "Да", f"{NASTY}\n" * 100):
        view = thread(*(entry(number, text, own=number % 2 == 0, file=LONG + ".pdf") for number in range(1, 31)))
        shown = 0
        for page in range(100):
            screen = screens.thread(view, page)
            checked(screen)
            shown += screen.text.count("📎")
            if not any("→" not in label and "←" in label for label in labels(screen)):
                break
        assert shown == 30, "every letter stands on one page"


def test_the_newest_letter_is_the_last_of_the_first_page() -> None:
    text = checked(screens.thread(thread(entry(1, "новое"), entry(2, "старое"))))
    assert text.index("старое") < text.index("новое")


def test_a_closed_thread_says_why_and_offers_no_answer(language: str) -> None:
    view = ThreadView(TITLE, [entry(1, "раз")], TODAY, TeacherGone(), may_hand_over=False, may_complain=False)
    screen = screens.thread(view)
    assert TeacherGone().say() in checked(screen)
    assert not {"Ответить", "Answer it"} & set(labels(screen))


def test_every_other_screen_fits_too() -> None:
    teachers = [
        Addressee(PersonId(LONGEST_ID - number), "Константинопольская А. К.", ("Алгебра", "Геометрия"), number == 0)
        for number in range(15)
    ]
    choice = Choice([CHILD, CHILD], CHILD, "7Б", teachers, office=True, unconnected=2)
    which = Choice([CHILD] * 6, None, "", (), office=False, unconnected=0)
    sent = Sent(TITLE, AT, away=False, again=False, today=TODAY)
    hand_over = HandOverChoice(TITLE, "Константинопольская А. К.", office=True)
    letter = ThreadLetter(
        "<b>раз</b>", (ItemId(1),), ThreadId(LONGEST_ID), [AttachedFile(LONGEST_ID, LONG)] * 9, may_answer=True
    )
    for screen in (
        *(screens.choice(choice, page) for page in (0, 1, 5)),
        screens.choice(which),
        screens.prompt(Prompt(TITLE, entry(1, f"{NASTY} " * 300), PersonId(1), TODAY)),
        screens.sent(sent),
        screens.sent(Sent(TITLE, None, away=True, again=False, today=TODAY)),
        *(screens.threads(TITLES * 10, page, side_of_family=True) for page in (0, 7, 99)),
        screens.threads([], 0, side_of_family=False),
        screens.hand_over_choice(hand_over),
        screens.note_prompt(hand_over, HandOverTo.HOMEROOM),
        screens.handed_over(sent),
        screens.complaint(TITLE),
        screens.letter(letter),
    ):
        without_quotes = screen.text.replace("<blockquote>", "").replace("</blockquote>", "")
        checked(Screen(without_quotes, screen.rows))
        assert max(len(row) for row in screen.rows) <= 2
        assert len(screen.rows) <= 11
