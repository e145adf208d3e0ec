"""The diary: a family's view of the journal, and a student's; own children only (В 3.7, 4.7.3)."""

from services.diary.absences import AbsenceCount, AbsencesView
from services.diary.days import DiaryDay, DiaryLesson, DiaryWeek
from services.diary.door import Child, Opened
from services.diary.office import Diary
from services.diary.refusals import ConsentTakenBack, NoDiary
from services.diary.rest import Rest, RestKind
from services.diary.subjects import SubjectLesson, SubjectLine, SubjectsView, SubjectView, TermMarks
from services.diary.terms import DiaryTerm, Terms
from services.diary.timetable import TimetableLesson, WeekTimetable
from services.diary.years import YearResult, YearView
from storage.repositories.diary import AbsenceLine, MarkLine, ToDo
from storage.repositories.diary_terms import AbsentRow, GivenMark
from storage.repositories.diary_timetable import Elsewhere

__all__ = [
    "AbsenceCount",
    "AbsenceLine",
    "AbsencesView",
    "AbsentRow",
    "Child",
    "ConsentTakenBack",
    "Diary",
    "DiaryDay",
    "DiaryLesson",
    "DiaryTerm",
    "DiaryWeek",
    "Elsewhere",
    "GivenMark",
    "MarkLine",
    "NoDiary",
    "Opened",
    "Rest",
    "RestKind",
    "SubjectLesson",
    "SubjectLine",
    "SubjectView",
    "SubjectsView",
    "TermMarks",
    "Terms",
    "TimetableLesson",
    "ToDo",
    "WeekTimetable",
    "YearResult",
    "YearView",
]
