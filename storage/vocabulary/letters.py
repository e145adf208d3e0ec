"""The words of delivery, of the family's ways in, and of what is typed. Standard library only."""

from enum import StrEnum


class ThreadSide(StrEnum):
    """Who speaks in a thread."""

    FAMILY = "family"  # the guardian, or the student
    TEACHER = "teacher"
    OFFICE = "office"  # the administration: deputy heads and director as one


class ThreadEntryKind(StrEnum):
    """What an entry of a thread is."""

    WRITTEN = "written"
    HANDED_OVER = "handed_over"
    COMPLAINT = "complaint"  # the administration was asked to look


class InvitationKind(StrEnum):
    """Whom an invitation lets in."""

    STAFF = "staff"
    FAMILY = "family"
    STUDENT = "student"


class AccountState(StrEnum):
    """Whether a Telegram account speaks for its person."""

    AWAITING = "awaiting"  # joined by a typed code; the homeroom teacher has not confirmed yet
    ACTIVE = "active"
    REVOKED = "revoked"


class GuardianStanding(StrEnum):
    """How a guardian stands to the diary, as the homeroom teacher sees it."""

    CONNECTED = "connected"
    AWAITING = "awaiting"  # joined by a typed code
    AWAY = "away"  # may have a slip
    NO_PAPERS = "no_papers"  # application or consent isn't recorded (О п.4.8)
    LEFT = "left"  # took the consent back
    ENDED = "ended"  # the tie to the child has ended
    BLOCKED = "blocked"  # connected, but the messenger refuses the chat


class TieEnd(StrEnum):
    """Why a guardianship ended (О п.4.8)."""

    COURT = "court"
    MOVED = "moved"
    ADULT = "adult"
    MISTAKE = "mistake"


class DeliveryMode(StrEnum):
    """When a guardian gets marks and homework (product: preferences)."""

    INSTANT = "instant"
    DIGEST = "digest"
    IMPORTANT = "important"


class ContactState(StrEnum):
    """Whether letters may go to a contact."""

    ASKED = "asked"  # a confirmation link is on its way
    CONFIRMED = "confirmed"
    STOPPED = "stopped"  # unsubscribed, or taken back


class AcknowledgedKind(StrEnum):
    """What an acknowledgement speaks of."""

    RESULTS = "results"  # a student's results of a term or year (М Регл. 3)
    BROADCAST = "broadcast"


class NoteState(StrEnum):
    """What became of a guardian's absence note."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class NoteReason(StrEnum):
    """Why a child will not come, in a guardian's words."""

    ILL = "ill"
    FAMILY = "family"
    DOCTOR = "doctor"
    OTHER = "other"  # typed


class BriefingWay(StrEnum):
    """How a homeroom teacher informed a family or the class's families (М кл.рук. в)."""

    BROADCAST = "broadcast"
    PRINT = "print"
    MEETING = "meeting"
    CALL = "call"
    TALK = "talk"


class BroadcastState(StrEnum):
    """How far a broadcast is."""

    DRAFT = "draft"
    HELD = "held"  # pressed; may still be cancelled
    SENDING = "sending"
    PAUSED = "paused"  # too many errors, or by hand
    DONE = "done"
    CANCELLED = "cancelled"
    RECALLED = "recalled"


class AudienceKind(StrEnum):
    """Whom a broadcast is for."""

    CLASS = "class"  # the families of a class
    STUDENTS = "students"  # the students of a class
    SUBGROUP = "subgroup"  # the families of a subgroup
    ABSENT = "absent"  # the families of a class's students absent on a day
    CHOSEN = "chosen"  # the families of chosen students
    LEVEL = "level"  # the families of a parallel
    SCHOOL = "school"  # all families
    STAFF = "staff"


class QuestionKind(StrEnum):
    """How a broadcast's question is answered."""

    YES_NO = "yes_no"
    CHOICE = "choice"


class PauseReason(StrEnum):
    """Why a broadcast stands still."""

    ERRORS = "errors"
    BY_HAND = "by_hand"


class InboxState(StrEnum):
    """What became of an update that came in."""

    NEW = "new"
    DONE = "done"
    DEAD = "dead"
    IGNORED = "ignored"


class ItemKind(StrEnum):
    """What an item tells its recipient."""

    ABSENCE = "absence"
    ABSENCE_WITHDRAWN = "absence_withdrawn"
    ABSENCE_LATER = "absence_later"
    MARK = "mark"
    HOMEWORK = "homework"
    DIGEST = "digest"
    LESSON_CARD = "lesson_card"
    LESSON_NUDGE = "lesson_nudge"
    REMINDER = "reminder"  # staff: what a clock asks for
    CONTROL = "control"  # the deputy head's list of what is overdue, once a day
    CORRECTION_ASKED = "correction_asked"
    CORRECTION_DECIDED = "correction_decided"
    LESSON_CHANGED = "lesson_changed"  # staff: substituted, cancelled, moved
    TERM_RESULT = "term_result"  # family: what was issued
    THREAD = "thread"  # family: an entry of a thread
    THREAD_STAFF = "thread_staff"
    ABSENT_DAYS = "absent_days"  # family and homeroom teacher: absent without a reason, days running
    TIMETABLE = "timetable"  # family: a lesson substituted, cancelled, moved
    RISK = "risk"  # family: a failing term mark is near
    WEEKLY = "weekly"  # family: the week of all children, Saturday
    BROADCAST = "broadcast"
    BROADCAST_URGENT = "broadcast_urgent"  # «срочно»
    BROADCAST_RECALL = "broadcast_recall"  # takes a told one back: its letter is deleted
    BROADCAST_PROGRESS = "broadcast_progress"  # its author: one message that edits itself
    READING_REMINDER = "reading_reminder"  # who has not pressed «Ознакомлен(а)»
    NOTE_ASKED = "note_asked"  # homeroom teacher: a guardian's absence note
    NOTE_DECIDED = "note_decided"  # the guardian: what became of it
    CONTACT = "contact"  # guardian, by e-mail: confirm this address
    JOINED = "joined"
    CONFIRMED = "confirmed"
    REVOKED = "revoked"
    RELINKED = "relinked"
    TIE_ENDED = "tie_ended"  # a guardian: a tie to a child ended, or holds again
    OWN_CODE = "own_code"  # administration: an administrator made a code for themselves
    UNREACHED = "unreached"


class ItemState(StrEnum):
    """Delivery of one fact to one recipient (docs/delivery)."""

    WAITING = "waiting"
    TOLD = "told"
    VOID = "void"


class VoidReason(StrEnum):
    """Why an item will not be told."""

    BACK_TO_BASE = "back_to_base"
    MERGED = "merged"
    CANCELLED = "cancelled"
    RECALLED = "recalled"
    EXPIRED = "expired"
    DEAD = "dead"


class LetterState(StrEnum):
    """What is known of one request to the messenger."""

    SENDING = "sending"
    SENT = "sent"
    RETURNED = "returned"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    DEAD = "dead"


class LetterMethod(StrEnum):
    """What a letter does at its address."""

    SEND = "send"
    EDIT = "edit"
    DELETE = "delete"
    DOCUMENT = "document"
    PHOTO = "photo"


class Channel(StrEnum):
    """How letters travel."""

    TELEGRAM = "telegram"
    EMAIL = "email"
    PAPER = "paper"  # printed and handed over (О 1.6)


class DraftPurpose(StrEnum):
    """What the next typed text of a person is for."""

    JOIN = "join"
    TOPIC = "topic"
    HOMEWORK = "homework"
    QUICK_LINE = "quick_line"
    MARK_COMMENT = "mark_comment"
    CORRECTION = "correction"  # why a mark is to be corrected
    DECISION = "decision"  # why a request is declined
    LESSON_STATE = "lesson_state"  # why a lesson is cancelled or moved
    ARRANGEMENT = "arrangement"  # somebody's name, or a leave's last day
    THREAD = "thread"  # an entry of a thread
    LETTER_OR_LINE = "letter_or_line"  # a typed letter that reads like a quick line: the answer to which it is
    THREAD_ALBUM = "thread_album"  # the other files of an album
    BROADCAST = "broadcast"
    ABSENCE_NOTE = "absence_note"
    CONTACT = "contact"  # an e-mail address
    BRIEFING = "briefing"
    TIE_END = "tie_end"  # the first day without a tie
    STAFF_SEARCH = "staff_search"  # an employee's name
    HAND_OVER = "hand_over"  # the note with which a thread is handed over
