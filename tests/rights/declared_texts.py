"""Who may type and send what: every handler of texts, commands, words, files and links, declared like the buttons.

Each case goes to one handler: after the buttons that ask for it, pressed by `by`, or of itself. What was asked is then
given to everybody in turn, as if their right had ended while the question stood: whoever isn't in `may` must be refused
in words, change nothing and learn nothing.
"""

from dataclasses import dataclass
from typing import Any

from handlers.callbacks import (
    absence_notes,
    access,
    arrangements,
    broadcasts,
    contacts,
    corrections,
    homework,
    lessons,
    marks,
    my_class,
    threads,
)
from tests.rights.declared import (
    ANY_ADMINISTRATOR,
    ANY_ARRANGES,
    ANY_CONTROLS,
    ANY_GUARDIAN,
    ANY_HOMEROOM,
    ANY_STUDENT,
    ARRANGES,
    CONNECTED,
    DEPUTY,
    EVER_GUARDIAN,
    GUARDIAN,
    HOMEROOM,
    LOOKS_AFTER,
    NOBODY_AT_ALL,
    TEACHER,
    WHOEVER_COMES,
    People,
)

Press = tuple[type[Any], dict[str, Any]]
PHOTO, DOCUMENT, ALBUM, VOICE = "photo", "document", "photo of an album", "voice"
SENT = frozenset({PHOTO, DOCUMENT, ALBUM, VOICE})
ANY_DIARY = ANY_GUARDIAN | ANY_STUDENT
FORMER_TIED = frozenset({"former_guardian", "paperless_guardian"})  # their consent is theirs to give and to take back
STRANGERS = WHOEVER_COMES - CONNECTED


@dataclass(frozen=True)
class Case:
    """`said`: the text, or one of SENT; `asked` by what `by` presses, and sends; `may`: to whom it opens.

    `slip`: whose link and code take the place of {link} and {code}; `counts`: tables that a refusal writes to;
    `older`: everybody agreed to an older text of the consent; `silent`: who may gets no answer.
    """

    handler: str
    said: str
    may: People
    by: str = ""
    asked: tuple[Press | str, ...] = ()
    slip: str | None = None
    counts: frozenset[str] = frozenset()
    older: bool = False
    silent: bool = False


def after(handler: str, said: str, may: People, by: str, *asked: Any) -> Case:
    """What is typed when buttons have asked for it; each a class, or one with values for its fields."""
    return Case(handler, said, may, by, tuple(one if isinstance(one, tuple | str) else (one, {}) for one in asked))


# A value that is a name stands for that person or thing.
CLASSMATE = {"student": "classmate"}
CASES: dict[str, Case] = {
    # Of itself: commands and words.
    "/start": Case("start.start", "/start", CONNECTED | STRANGERS),
    "menu": Case("start.start", "меню", CONNECTED),
    "/stop": Case("start.stop", "/stop", WHOEVER_COMES),
    "/help": Case("help.help_page", "/help", WHOEVER_COMES),
    "a word of nobody we know": Case("start.stranger", "привет", STRANGERS),
    "a word that means nothing": Case("fallback.unknown_text", "привет", CONNECTED),
    "/lessons": Case("lessons.my_lessons", "/lessons", CONNECTED),
    "/diary": Case("diary.my_diary", "/diary", ANY_DIARY),
    "week": Case("diary.my_week", "неделя", ANY_DIARY),
    "subjects": Case("diary.my_subjects", "предметы", ANY_DIARY),
    "/settings": Case("preferences.my_preferences", "/settings", CONNECTED),
    "/class": Case("homeroom.typed_class", "/class", ANY_HOMEROOM),
    "/plans": Case("plans.my_plans", "/plans", CONNECTED),
    "/control": Case("control.my_control", "/control", ANY_CONTROLS),
    "/access": Case("staff_access.staff_typed", "/access", ANY_ADMINISTRATOR),
    "/subgroups": Case("subgroups.typed_subgroups", "/subgroups", ANY_ADMINISTRATOR),
    "/substitutions": Case("arrangements.arrangements", "/substitutions", ANY_ARRANGES),
    "term marks": Case("finals.my_finals", "четвертные", CONNECTED),
    "will not come": Case("absence_notes.typed_start", "не придёт", ANY_GUARDIAN),
    "a quick line": Case("quick_line.typed_line", "{child} 5", TEACHER | {"class_teacher"}),  # each in an own lesson
    "an older consent": Case("consent.asked_by_text", "меню", ANY_GUARDIAN | FORMER_TIED, older=True),
    # Links and codes.
    "a wrong code": Case("start.typed_code", "AAAAA-AAAAA", NOBODY_AT_ALL, counts=frozenset({"join_attempts"})),
    "a wrong link": Case("start.start_with_link", f"/start {'A' * 32}", NOBODY_AT_ALL),
    "the mother's link": Case("start.start_with_link", "/start {link}", GUARDIAN | STRANGERS, slip="mother"),
    "the mother's code": Case("start.typed_code", "{code}", GUARDIAN | STRANGERS, slip="mother"),
    "the teacher's code": Case("start.typed_code", "{code}", TEACHER | STRANGERS, slip="teacher"),
    # Asked for: of a lesson's teacher.
    "a topic": after("records.typed_topic", "Дроби", TEACHER, "teacher", lessons.OpenTopic),
    "homework": after("homework.typed_homework", "№ 7", TEACHER, "teacher", lessons.OpenHomework),
    "a homework's file": after("homework.sent_file", PHOTO, TEACHER, "teacher", lessons.OpenHomework),
    "personal homework": after(
        "homework.typed_homework",
        "№ 7",
        TEACHER,
        "teacher",
        homework.OpenChosen,
        homework.ChooseStudent,
        homework.TypeForChosen,
    ),
    "a comment": after("marks.typed_comment", "Внимательнее", TEACHER, "teacher", marks.CommentMark),
    "why a mark is wrong": after(
        "corrections.typed_reason", "описка", TEACHER, "teacher", (corrections.AskForValue, CLASSMATE)
    ),
    "why a request is declined": after("corrections.typed_decline", "нет", DEPUTY, "deputy", corrections.AskToDecline),
    # Of the family.
    "words of a note": after("absence_notes.typed", "к врачу", GUARDIAN, "mother", absence_notes.NoteWhy),
    "a guardian's address": after(
        "contacts.typed_address", "m@example.org", EVER_GUARDIAN, "mother", contacts.AskForAddress
    ),
    "a letter to a teacher": after(
        "threads.typed_letter", "Здравствуйте", TEACHER | GUARDIAN, "mother", threads.WriteTo
    ),  # they have a thread already
    "a letter to the office": after("threads.typed_letter", "Здравствуйте", GUARDIAN, "mother", threads.WriteToOffice),
    # Of both sides of a thread.
    "an answer": after("threads.typed_letter", "Добрый день", TEACHER | GUARDIAN, "teacher", threads.AnswerThread),
    "a file in a thread": after("threads.sent_file", DOCUMENT, TEACHER | GUARDIAN, "teacher", threads.AnswerThread),
    "more of an album": Case(
        handler="threads.sent_more",
        said=ALBUM,
        may=TEACHER | GUARDIAN,
        by="teacher",
        asked=((threads.AnswerThread, {}), ALBUM),
        silent=True,
    ),
    "a voice in a thread": after("threads.sent_else", VOICE, NOBODY_AT_ALL, "teacher", threads.AnswerThread),
    "a note to a thread handed over": after("threads.typed_note", "прошу", TEACHER, "teacher", threads.ChooseHandOver),
    # Of the homeroom teacher.
    "why a note is declined": after("absence_notes.typed", "нет", HOMEROOM, "homeroom", absence_notes.AskToDecline),
    "words of a briefing": after("my_class.typed_words", "собрание", HOMEROOM, "homeroom", my_class.BeginBriefing),
    "a broadcast": after("broadcasts.typed", "Собрание", HOMEROOM, "homeroom", broadcasts.OpenDraft),
    "options of a question": after("broadcasts.typed", "да\nнет", HOMEROOM, "homeroom", broadcasts.TypeOptions),
    "a broadcast's file": after("broadcasts.sent_file", PHOTO, HOMEROOM, "homeroom", broadcasts.OpenDraft),
    "a voice for a broadcast": after("broadcasts.sent_else", VOICE, NOBODY_AT_ALL, "homeroom", broadcasts.OpenDraft),
    "a guardian's address by paper": after(
        "contacts.typed_address",
        "f@example.org",
        LOOKS_AFTER,
        "homeroom",
        (contacts.AskForWritten, {"guardian": "mailed_guardian"}),
    ),
    "the last day of a tie": after("ties.typed_day", "01.09.2026", LOOKS_AFTER, "homeroom", access.AskTieDay),
    # Of the office.
    "an employee's name": after(
        "staff_access.typed_name", "Вишневская", ANY_ADMINISTRATOR, "administrator", access.FindEmployee
    ),
    "an absent teacher's name": after(
        "typed_arrangements.typed_name", "Вишневская", ANY_ARRANGES, "deputy", arrangements.OpenTeachers
    ),
    "a leave's last day": after(
        "typed_arrangements.typed_name", "30.09.2026", ARRANGES, "deputy", arrangements.AskLeaveUntil
    ),
    "why a lesson is cancelled": after(
        "typed_arrangements.typed_reason", "мороз", ARRANGES, "deputy", arrangements.AskToCancel
    ),
    "another teacher's name": after(
        "typed_arrangements.typed_name", "Лобачевский", ARRANGES, "deputy", arrangements.OpenChoice
    ),
    "why another teaches": after(
        "typed_arrangements.typed_reason", "курсы", ARRANGES, "deputy", (arrangements.PutSubstitute, {"reason": None})
    ),
}
