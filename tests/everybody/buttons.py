"""Any button there is, made about the things of a school."""

from enum import Enum
from typing import Any

from aiogram.filters.callback_data import CallbackData
from annotated_types import Gt

from tests.architecture.test_buttons import bound, kind_of
from tests.everybody.schools import Side
from tests.school import TODAY

# Fields that are no ids, where the least value, the first word or today would not do.
PLAIN: dict[str, Any] = {
    "value": "5",
    "ordinal": 1,
    "minutes": 5,
    "put_at": 1,
    "revs": 1,
    "until": "",
    "slot": 2,
    "minute": 1110,
    "back_to": 0,
    "asked": 0,
    "line": 1,
    "invitation": 1,
    "seen": 0,
    "up_to": 1_000_000,
    "on": TODAY.isoformat(),
}
# Where a class is named whole, not by its subgroup.
WHOLE_CLASS = (
    *("OpenClassTerm", "OpenClassStudent", "OpenClassLessons"),
    *("OpenStudentMarks", "OpenTermJournal", "OpenPlan", "OpenRemindedGrid", "AcceptAll", "OpenForecast", "OpenGrid"),
    *("IssueAll", "NobodyTook", "PutTermMark", "OpenTermMark", "AskForTermMark", "AskForTermValue", "SendTermRequest"),
)
# A lesson that has no record yet.
ARRANGED = ("AskToCancel", "CancelLesson", "ChooseMove", "ChooseMoveOn", "AskToMove", "MoveLesson")
# A broadcast that is still being written.
DRAFTED = (
    *("ChooseFamilies", "PickFamily", "OpenDraft", "AskReading", "MakeUrgent", "ChooseQuestion", "AskYesNo"),
    *("TypeOptions", "RemoveBroadcastFiles", "DropDraft", "PreviewBroadcast", "SendBroadcast", "ConfirmUrgent"),
)
# What one button's field carries, where its name says something else than elsewhere: a value, or another thing's name.
OWN: dict[tuple[str, str], Any] = {
    **{(name, "subgroup"): 0 for name in WHOLE_CLASS},
    **{(name, "lesson"): "later_lesson" for name in ARRANGED},
    **{(name, "lesson"): "source" for name in ("AskForStudent", "AskForValue", "AskInColumn", "AskCorrection")},
    **{(name, "work"): "written_work" for name in ("CheckWork", "UncheckWork")},
    **{(name, "scope"): "e" for name in ("ChooseReceivedAt", "ChooseReceiptSubject", "RegisterReceipt")},
    **{(name, "seen"): 1 for name in ("PutMark", "RemoveComment", "ApproveRequest", "NoHomework", "ChooseWay")},
    **{(name, "seen"): 1 for name in ("SameHomework", "PutPlanTopic", "RestoreRecord", "SendTermRequest")},
    **{(name, "broadcast"): "draft" for name in DRAFTED},
    **{(name, "until"): TODAY.isoformat() for name in ("NoteDays", "NoteWhy", "SendNote", "ShortenNote")},
    ("ShortenNote", "seen"): TODAY.isoformat(),
    **{(name, "way"): "meeting" for name in ("ChooseBriefed", "BeginBriefing", "SaveBriefing")},
    ("WriteToSchool", "kind"): "school",
    ("WriteToLevel", "level"): 7,
    ("RestoreLesson", "lesson"): "cancelled_lesson",
    ("RegisterReceipt", "minute"): 540,
    ("ChooseQuietFrom", "minute"): 1320,
    ("ChooseQuietUntil", "minute"): 480,
    **{(name, "kind"): "homework" for name in ("OpenKind", "ChooseKind")},
    ("ChooseKind", "way"): "never",
    ("TransferStudent", "subgroup"): "other_subgroup",
}


class Unknown(Exception):
    """A field that names a thing the two schools don't have yet."""


def made(button: type[CallbackData], side: Side, **other: Any) -> CallbackData:
    """The button about a school's things; `other` values take the place of some."""
    values = {}
    for name, described in button.model_fields.items():
        own = OWN.get((button.__name__, name))
        if name in other:
            values[name] = other[name]
        elif own is not None:
            values[name] = side.things.get(own, own)
        elif name in side.things:
            values[name] = side.things[name]
        else:
            values[name] = plain(button, name, described)
    return button(**values)


def ids_of(button: type[CallbackData], side: Side) -> list[str]:
    """The fields of a button that name things."""
    return [name for name in button.model_fields if OWN.get((button.__name__, name), name) in side.things]


def plain(button: type[CallbackData], name: str, described: Any) -> Any:
    """A value of a field that is no id."""
    kind = kind_of(described)
    if name in PLAIN:
        least = (bound(described, Gt, "gt") or 0) + 1 if bound(described, Gt, "gt") is not None else None
        return PLAIN[name] if least is None else max(PLAIN[name], least)
    if kind is bool:
        return True
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if kind is str:
        return TODAY.isoformat()
    if bound(described, Gt, "gt") == 0:
        raise Unknown(f"{button.__name__}.{name}")
    return 0
