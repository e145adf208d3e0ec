"""How threads are said in the language now spoken: who writes, about whom, and what was done."""

from services import words
from services.i18n import gettext
from services.rules import short_names
from storage.repositories.correspondents import Name
from storage.repositories.threads import EntryRow, ThreadRow
from storage.vocabulary import FileKind, ThreadEntryKind, ThreadSide


def initials(name: Name) -> str:
    """«Иванова М. П.»."""
    return short_names.initials(name.last, name.first, name.middle)


def full(name: Name) -> str:
    """«Иванова Мария Петровна»."""
    return " ".join(part for part in (name.last, name.first, name.middle) if part)


def office() -> str:
    """What the deputy heads and the director are as one."""
    return gettext("Administration")


def holder(row: ThreadRow) -> str:
    """The school's side of a thread: the teacher, or the administration."""
    return office() if row.teacher is None else initials(row.teacher)


def author(entry: EntryRow) -> str:
    """Who wrote an entry; of the administration also which of them."""
    if entry.side is ThreadSide.OFFICE:
        return gettext("Administration ({name})").format(name=initials(entry.author))
    return initials(entry.author)


def family(row: ThreadRow) -> str:
    """For the school's side: «Ларина Прасковья Ивановна (мать)», or the student who writes."""
    name = full(row.family)
    return name if row.relation is None else f"{name} ({words.relation(row.relation)})"


def student(row: ThreadRow) -> str:
    """For the school's side: «Ларина Татьяна, 7Б»."""
    name = f"{row.student.last} {row.student.first}"
    return f"{name}, {row.class_name}" if row.class_name else name


def student_writing(row: ThreadRow) -> str:
    """The same where the student writes, not the family: «Ларина Татьяна, 7Б (ученик)»."""
    who = gettext("student")
    return f"{student(row)} ({who})"


def student_in_a_list(row: ThreadRow) -> str:
    """The same on a narrow button, with who writes: «7Б Ларина Т. · мать»."""
    name = f"{row.class_name} {row.student.last} {row.student.first[:1]}.".strip()
    if row.family_id == row.student_id:
        return " · ".join([name, gettext("student")])
    return name if row.relation is None else f"{name} · {words.relation(row.relation)}"


def child(row: ThreadRow, *, full_names: bool) -> str:
    """For the family: the child's first name, or in full if the school chose so (product §3)."""
    return f"{row.student.first} {row.student.last}" if full_names else row.student.first


def attachment(entry: EntryRow) -> str | None:
    """What is attached: «Фото», or the document's name."""
    if entry.file_kind is None:
        return None
    if entry.file_kind is FileKind.PHOTO:
        return gettext("Photo")
    return entry.file_name or gettext("Document")


def deed(entry: EntryRow) -> str | None:
    """What was done with the thread; None for what was written."""
    if entry.kind is ThreadEntryKind.HANDED_OVER:
        to = office() if entry.to is None else initials(entry.to)
        return gettext("The correspondence is handed over to: {name}").format(name=to)
    if entry.kind is ThreadEntryKind.COMPLAINT:
        return gettext("The correspondence is shown to the administration.")
    return None
