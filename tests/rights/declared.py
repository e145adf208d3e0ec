"""Who may press each button and answer each question: the matrix of rights, declared by hand (regulation §2).

Every button there is stands here by its class's name, with the people of tests/everybody/schools.py to whom it opens
or does something when it carries the things of 7Б, of its student Ларина and of the algebra lesson of `teacher`.
Whoever isn't named must be refused in words, change nothing and learn nothing. `test_rights.py` presses them all.
"""

People = frozenset[str]


def _people(*names: str) -> People:
    return frozenset(names)


NOBODY_AT_ALL = _people()
# With a right to these very things.
TEACHER = _people("teacher")  # of the lesson and subject
HOMEROOM = _people("homeroom")  # of the class
DEPUTY = _people("deputy")
DIRECTOR = _people("director")
ADMINISTRATOR = _people("administrator")
GUARDIAN = _people("mother")  # of the student; of a thread its family side
STUDENT = _people("student")  # oneself
CONTROLS = DEPUTY | DIRECTOR
LOOKS_AFTER = HOMEROOM | ADMINISTRATOR  # of who is connected (В 4.1, 4.3.7)
OFFICE = CONTROLS | ADMINISTRATOR
ARRANGES = DEPUTY | ADMINISTRATOR
FAMILY = GUARDIAN | STUDENT
RECIPIENTS = GUARDIAN | {"classmates_mother"}  # of the broadcast
# Of buttons that name nothing and open one's own, in either school.
ANY_GUARDIAN = _people("mother", "classmates_mother", "other_mother", "far_mother")
ANY_STUDENT = _people("student", "classmate", "other_student", "far_student")
ANY_HOMEROOM = _people("homeroom", "other_homeroom", "far_homeroom")
ANY_DEPUTY = _people("deputy", "far_deputy")
ANY_DIRECTOR = _people("director", "far_director")
ANY_ADMINISTRATOR = _people("administrator", "far_administrator")
ANY_CONTROLS = ANY_DEPUTY | ANY_DIRECTOR
ANY_OFFICE = ANY_CONTROLS | ANY_ADMINISTRATOR
ANY_ARRANGES = ANY_DEPUTY | ANY_ADMINISTRATOR
ANY_TEACHER = ANY_HOMEROOM | _people(
    "teacher", "class_teacher", "other_teacher", "former_homeroom", "far_teacher"
)  # who once led a class teaches on
FORMER_FAMILY = _people("former_guardian", "withdrawn_guardian", "paperless_guardian")
EVER_GUARDIAN = ANY_GUARDIAN | {"withdrawn_guardian", "paperless_guardian"}  # their tie holds, on paper or in time
FORMER_REST = _people("former_teacher", "former_deputy", "former_student")
ANYBODY = (
    *(ANY_GUARDIAN, ANY_STUDENT, ANY_TEACHER, ANY_CONTROLS, ANY_ADMINISTRATOR),
    *(_people("secretary"), FORMER_FAMILY, FORMER_REST),
)
CONNECTED = frozenset().union(*ANYBODY)  # shows or changes what is one's own only
WHOEVER_COMES = CONNECTED | {"nobody"}

BUTTONS: dict[str, People] = {
    # The door, the menu, preferences.
    "family.OpenMenu": CONNECTED,
    "family.ConfirmChild": NOBODY_AT_ALL,  # a step of joining, for who opened the slip
    "family.Agree": ANY_GUARDIAN | ANY_STUDENT,  # once more: the diary is open already
    "family.Decline": WHOEVER_COMES,
    "family.AskToLeave": CONNECTED,
    "family.Leave": CONNECTED,
    "family.AskToComeBack": CONNECTED,
    "family.ComeBack": ANY_GUARDIAN | ANY_STUDENT | {"withdrawn_guardian"},
    "family.OpenPreferences": CONNECTED,
    "family.ChooseMode": CONNECTED - ANY_STUDENT,
    "family.OpenHours": CONNECTED,
    "family.ChooseHour": CONNECTED,
    **dict.fromkeys(
        (
            "preferences.OpenQuiet",
            "preferences.ChooseQuietFrom",
            "preferences.ChooseQuietUntil",
            "preferences.NoQuiet",
            "preferences.OpenKinds",
            "preferences.OpenKind",
            "preferences.ChooseKind",
            "preferences.OpenLanguages",
            "preferences.ChooseLanguage",
        ),
        CONNECTED,
    ),
    "preferences.OpenKinds": CONNECTED,
    "preferences.OpenKind": CONNECTED,
    "preferences.ChooseKind": CONNECTED,
    "preferences.OpenQuiet": CONNECTED,
    "preferences.ChooseQuietFrom": CONNECTED,
    "preferences.ChooseQuietUntil": CONNECTED,
    "preferences.NoQuiet": CONNECTED,
    "preferences.OpenLanguages": CONNECTED,
    "preferences.ChooseLanguage": CONNECTED,
    "help.OpenHelp": CONNECTED,
    "help.OpenGuide": ANY_TEACHER,
    # By which way letters come.
    "contacts.OpenContacts": EVER_GUARDIAN,
    "contacts.AskForAddress": EVER_GUARDIAN,
    "contacts.SendConfirmation": EVER_GUARDIAN,
    "contacts.RemoveAddress": EVER_GUARDIAN,
    "contacts.ChooseFirst": EVER_GUARDIAN,
    "contacts.OpenWritten": LOOKS_AFTER,
    "contacts.AskForWritten": LOOKS_AFTER,
    "contacts.PutPaper": LOOKS_AFTER,
    "contacts.RemoveWritten": LOOKS_AFTER,
    # The diary.
    "family.OpenDiary": ANY_GUARDIAN | ANY_STUDENT,
    "family.OpenDiaryDay": FAMILY,
    "family.SendDiary": FAMILY,
    "homework.SendFiles": FAMILY,
    "finals.OpenChildResults": FAMILY,
    "diary.OpenThisWeek": FAMILY,
    "diary.OpenWeek": FAMILY,
    "diary.OpenToDo": FAMILY,
    "diary.OpenWeekTimetable": FAMILY,
    "diary.OpenSubjects": FAMILY,
    "diary.OpenSubject": FAMILY,
    "diary.OpenSubjectTopics": FAMILY,
    "diary.SendTermPicture": FAMILY,
    "diary.OpenChildAbsences": FAMILY,
    "diary.OpenResults": FAMILY,
    "diary.OpenYear": FAMILY,
    # «Ознакомлен(а)» with results.
    "reading.SendResults": FAMILY,
    "reading.Acknowledge": GUARDIAN,
    "reading.OpenReading": HOMEROOM,
    "reading.OpenFamilyReading": HOMEROOM,
    "reading.EnterSignature": HOMEROOM,
    "reading.RemindSilent": HOMEROOM,
    "reading.ChooseSignatures": HOMEROOM,
    "reading.PrintSignatures": HOMEROOM,
    # Absence notes.
    "absence_notes.StartNote": ANY_GUARDIAN,
    "absence_notes.NoteForChild": GUARDIAN,
    "absence_notes.OpenNoteDays": GUARDIAN,
    "absence_notes.NoteSince": GUARDIAN,
    "absence_notes.NoteDays": GUARDIAN,
    "absence_notes.NoteWhy": GUARDIAN,
    "absence_notes.SendNote": GUARDIAN,
    "absence_notes.OpenOwnNote": GUARDIAN,
    "absence_notes.AskToShorten": GUARDIAN,
    "absence_notes.ShortenNote": GUARDIAN,
    "absence_notes.WithdrawNote": GUARDIAN,
    "absence_notes.OpenClassNotes": HOMEROOM,
    "absence_notes.OpenNote": HOMEROOM,
    "absence_notes.ConfirmNote": HOMEROOM,
    "absence_notes.AskToDecline": HOMEROOM,
    "absence_notes.DeclineNote": HOMEROOM,
    # Correspondence.
    "threads.WriteToTeacher": ANY_GUARDIAN | ANY_STUDENT,
    "threads.ChooseTeacher": FAMILY,
    "threads.WriteTo": FAMILY,
    "threads.WriteToOffice": GUARDIAN,
    "threads.StopWriting": CONNECTED,
    "threads.SendDoubted": NOBODY_AT_ALL,  # what one has just typed
    "threads.TakeAsLine": NOBODY_AT_ALL,
    "threads.OpenThreads": CONNECTED,
    "threads.OpenThread": TEACHER | GUARDIAN,
    "threads.SendThread": TEACHER | GUARDIAN,
    "threads.AnswerThread": TEACHER | GUARDIAN,
    "threads.SendAttachment": TEACHER | GUARDIAN,
    "threads.AskHandOver": TEACHER,
    "threads.ChooseHandOver": TEACHER,
    "threads.HandOver": TEACHER,
    "threads.AskComplaint": GUARDIAN,
    "threads.Complain": GUARDIAN,
    # The lesson's record.
    "lessons.OpenLessons": CONNECTED,
    "lessons.OpenDay": CONNECTED,
    "lessons.OpenLesson": TEACHER,
    "lessons.OpenReminded": TEACHER,
    "lessons.OpenAttendance": TEACHER,
    "lessons.PutAttendance": TEACHER,
    "lessons.PutLate": TEACHER,
    "lessons.ConfirmAttendance": TEACHER,
    "lessons.ConfirmAllPresent": TEACHER,
    "lessons.OpenTopic": TEACHER,
    "lessons.PutPlanTopic": TEACHER,
    "lessons.PutDoubtedTopic": NOBODY_AT_ALL,  # what one has just typed
    "lessons.OpenHomework": TEACHER,
    "lessons.NoHomework": TEACHER,
    "homework.SameHomework": TEACHER,
    "homework.ChooseWay": TEACHER,
    "homework.ShowFiles": TEACHER,
    "homework.RemoveFiles": TEACHER,
    "homework.OpenChosen": TEACHER,
    "homework.ChooseStudent": TEACHER,
    "homework.TypeForChosen": TEACHER,
    "homework.DropPersonal": TEACHER,
    "homework.TakeBackPersonal": TEACHER,
    "lessons.RestoreRecord": TEACHER,
    "lessons.PickName": NOBODY_AT_ALL,  # what one has just typed
    "lessons.ConfirmLine": NOBODY_AT_ALL,
    "lessons.DropLine": NOBODY_AT_ALL,
    # Marks.
    "marks.OpenMarks": TEACHER,
    "marks.ChooseKind": TEACHER,
    "marks.AddWork": TEACHER,
    "marks.OpenWork": TEACHER,
    "marks.OpenStudent": TEACHER,
    "marks.PutMark": TEACHER,
    "marks.CommentMark": TEACHER,
    "marks.RemoveComment": TEACHER,
    "marks.CheckWork": TEACHER,
    "marks.UncheckWork": TEACHER,
    "reminders.OpenRemindedWork": TEACHER,
    "reminders.OpenRemindedMarks": TEACHER,
    # Corrections.
    "corrections.AskCorrection": TEACHER,
    "corrections.AskInColumn": TEACHER,
    "corrections.AskForStudent": TEACHER,
    "corrections.AskForValue": TEACHER,
    "corrections.ChooseReason": NOBODY_AT_ALL,  # what one is just writing
    "corrections.SendRequest": NOBODY_AT_ALL,
    "corrections.DropRequest": NOBODY_AT_ALL,
    "corrections.OpenOwnRequests": CONNECTED,
    "corrections.OpenRequests": ANY_CONTROLS,
    "corrections.OpenRequest": TEACHER | CONTROLS,
    "corrections.WithdrawRequest": TEACHER,
    "corrections.ApproveRequest": DEPUTY,
    "corrections.AskToDecline": DEPUTY,
    "corrections.DeclineRequest": DEPUTY,
    # The journal, plans, control.
    "journal.OpenJournal": CONNECTED,
    "journal.OpenTermJournal": TEACHER | HOMEROOM | CONTROLS,
    "journal.OpenStudentMarks": TEACHER | HOMEROOM | CONTROLS,
    "plans.OpenPlans": CONNECTED,
    "plans.OpenPlan": TEACHER,
    "control.OpenControl": ANY_CONTROLS,
    "control.OpenOverdue": CONTROLS,
    # Term marks.
    "finals.OpenFinals": CONNECTED,
    "finals.OpenGrid": TEACHER | HOMEROOM | CONTROLS,
    "finals.OpenForecast": TEACHER | HOMEROOM | CONTROLS,
    "finals.OpenTermMark": TEACHER | HOMEROOM | CONTROLS,
    "reminders.OpenRemindedGrid": TEACHER | HOMEROOM | CONTROLS,
    "finals.PutTermMark": TEACHER,
    "finals.AcceptAll": TEACHER,
    "finals.IssueAll": TEACHER,
    "finals.NobodyTook": TEACHER,
    "finals.AskForTermMark": TEACHER,
    "finals.AskForTermValue": TEACHER,
    "finals.SendTermRequest": TEACHER,
    "finals.OpenTermResults": ANY_CONTROLS,
    "finals.OpenTerm": CONTROLS,
    "finals.OpenClassResults": HOMEROOM | CONTROLS,
    "finals.OpenDoubts": HOMEROOM | CONTROLS,
    "finals.AskToClose": CONTROLS,
    "finals.CloseTerm": DEPUTY,
    "finals.OpenReceipts": ANY_DEPUTY,
    "finals.ChooseReceiptClass": ANY_DEPUTY,
    "finals.ChooseReceiptSubject": DEPUTY,
    "finals.ChooseReceivedAt": DEPUTY,
    "finals.RegisterReceipt": DEPUTY,
    # The homeroom teacher.
    "homeroom.OpenMyClass": ANY_HOMEROOM,
    "homeroom.OpenClass": HOMEROOM,
    "homeroom.OpenGuardians": LOOKS_AFTER,
    "homeroom.OpenGuardian": LOOKS_AFTER,
    "homeroom.ConfirmGuardian": HOMEROOM,
    "homeroom.AskToDisconnect": LOOKS_AFTER,
    "homeroom.Disconnect": LOOKS_AFTER,
    "homeroom.AskForSlips": HOMEROOM,
    "homeroom.PrintSlips": HOMEROOM,
    "homeroom.PrintSlip": HOMEROOM,
    "absences.OpenAbsences": HOMEROOM,
    "absences.OpenAbsence": HOMEROOM,
    "absences.SetReason": HOMEROOM,
    "absences.OpenSeenLesson": HOMEROOM,
    "absences.OpenWeek": HOMEROOM,
    "reminders.OpenRemindedWeek": HOMEROOM,
    "absences.VerifyWeek": HOMEROOM,
    "reminders.OpenRemindedBriefing": HOMEROOM,
    "reminders.OpenRemindedContacts": HOMEROOM,
    "reminders.OpenRemindedPrinting": HOMEROOM,
    "printing.OpenPrinting": HOMEROOM,
    "printing.PrintSheets": HOMEROOM,
    "printing.PrintAgain": HOMEROOM,
    "printing.HandOver": HOMEROOM,
    "my_class.OpenReaders": HOMEROOM,
    "my_class.OpenFailing": HOMEROOM,
    "my_class.OpenUnreached": HOMEROOM,
    "my_class.OpenContacts": HOMEROOM,
    "my_class.VerifyContacts": HOMEROOM,
    "my_class.OpenBriefings": HOMEROOM,
    "my_class.ChooseBriefed": HOMEROOM,
    "my_class.BeginBriefing": HOMEROOM,
    "my_class.SaveBriefing": HOMEROOM,
    "my_class.OpenClassJournal": HOMEROOM,
    "my_class.OpenClassTerm": HOMEROOM,
    "my_class.OpenClassStudent": HOMEROOM,
    "my_class.OpenClassLessons": HOMEROOM,
    # Broadcasts: of a class its homeroom teacher's and the administration's; written and followed by their author.
    "broadcasts.OpenBroadcasts": ANY_OFFICE | ANY_HOMEROOM,
    "broadcasts.ChooseOfClass": HOMEROOM,
    "broadcasts.ChooseLevel": ANY_OFFICE,
    "broadcasts.ChooseClass": ANY_OFFICE,
    "broadcasts.WriteToClass": HOMEROOM | OFFICE,
    "broadcasts.WriteToSubgroup": HOMEROOM,
    "broadcasts.WriteToLevel": ANY_OFFICE,
    "broadcasts.WriteToSchool": ANY_OFFICE,
    "broadcasts.ChooseFamilies": HOMEROOM,
    "broadcasts.PickFamily": HOMEROOM,
    "broadcasts.OpenDraft": HOMEROOM,
    "broadcasts.AskReading": HOMEROOM,
    "broadcasts.MakeUrgent": HOMEROOM,
    "broadcasts.ChooseQuestion": HOMEROOM,
    "broadcasts.AskYesNo": HOMEROOM,
    "broadcasts.TypeOptions": HOMEROOM,
    "broadcasts.RemoveBroadcastFiles": HOMEROOM,
    "broadcasts.DropDraft": HOMEROOM,
    "broadcasts.PreviewBroadcast": HOMEROOM,
    "broadcasts.SendBroadcast": HOMEROOM,
    "broadcasts.ConfirmUrgent": HOMEROOM,
    "broadcasts.CancelBroadcast": HOMEROOM,
    "broadcasts.OpenBroadcast": HOMEROOM,
    "broadcasts.PauseBroadcast": HOMEROOM,
    "broadcasts.ResumeBroadcast": HOMEROOM,
    "broadcasts.StopBroadcast": HOMEROOM,
    "broadcasts.AskRecall": HOMEROOM,
    "broadcasts.RecallBroadcast": HOMEROOM,
    "broadcasts.SendReaders": HOMEROOM,
    "broadcasts.OpenReaders": HOMEROOM,
    "broadcasts.RemindSilent": HOMEROOM,
    "broadcasts.CloseAnswers": HOMEROOM,
    "broadcasts.ExportBroadcast": HOMEROOM,
    "broadcasts.AcknowledgeBroadcast": RECIPIENTS,
    "broadcasts.AnswerBroadcast": RECIPIENTS,
    "broadcasts.SendBroadcastFiles": RECIPIENTS,
    # Who is connected.
    "access.OpenAccess": LOOKS_AFTER,
    "access.OpenTies": LOOKS_AFTER,
    "access.AskToEndTie": LOOKS_AFTER,
    "access.AskTieDay": LOOKS_AFTER,
    "access.SeeTieEnd": LOOKS_AFTER,
    "access.EndTie": LOOKS_AFTER,
    "access.AskToRestoreTie": LOOKS_AFTER,
    "access.RestoreTie": LOOKS_AFTER,
    "access.OpenStudents": LOOKS_AFTER,
    "access.OpenStudentAccess": LOOKS_AFTER,
    "access.AskToDisconnectStudent": LOOKS_AFTER,
    "access.DisconnectStudent": LOOKS_AFTER,
    "access.AskForStudentSlips": LOOKS_AFTER,
    "access.PrintStudentSlips": HOMEROOM,
    "access.PrintStudentSlip": HOMEROOM,
    "access.RefuseGuardian": HOMEROOM,
    "access.ConfirmStudent": HOMEROOM,
    "access.RefuseStudent": HOMEROOM,
    "access.OpenStaffAccess": ANY_ADMINISTRATOR,
    "access.FindEmployee": ANY_ADMINISTRATOR,
    "access.OpenAccessClasses": ANY_ADMINISTRATOR,
    "access.OpenEmployee": ADMINISTRATOR,
    "access.IssueStaffCode": ADMINISTRATOR,
    "access.AskToDisconnectEmployee": ADMINISTRATOR,
    "access.DisconnectEmployee": ADMINISTRATOR,
    "access.HideCode": CONNECTED,
    # The office: substitutions, leaves, subgroups.
    "arrangements.OpenArrangements": ANY_ARRANGES,
    "arrangements.OpenArrangedDay": ANY_ARRANGES,
    "arrangements.OpenTeachers": ANY_ARRANGES,
    "arrangements.OpenTeacherDay": ARRANGES,
    "arrangements.OpenChoice": ARRANGES,
    "arrangements.PutSubstitute": ARRANGES,
    "arrangements.PutDay": ARRANGES,
    "arrangements.EndSubstitution": ARRANGES,
    "arrangements.AskToCancel": ARRANGES,
    "arrangements.CancelLesson": ARRANGES,
    "arrangements.ChooseMove": ARRANGES,
    "arrangements.ChooseMoveOn": ARRANGES,
    "arrangements.AskToMove": ARRANGES,
    "arrangements.MoveLesson": ARRANGES,
    "arrangements.RestoreLesson": ARRANGES,
    "arrangements.OpenLeaves": ANY_ARRANGES,
    "arrangements.OpenLeave": ARRANGES,
    "arrangements.AskLeaveKind": ARRANGES,
    "arrangements.AskLeaveUntil": ARRANGES,
    "arrangements.PutLeave": ARRANGES,
    "arrangements.EndLeave": ARRANGES,
    "arrangements.OpenSubstitutionJournal": ANY_ARRANGES,
    "arrangements.PrintSubstitutions": ANY_ARRANGES,
    "arrangements.OpenSubgroups": ANY_ADMINISTRATOR,
    "arrangements.OpenClassSubgroups": ADMINISTRATOR,
    "arrangements.OpenSubgroup": ADMINISTRATOR,
    "arrangements.ChooseSubgroup": ADMINISTRATOR,
    "arrangements.TransferStudent": ADMINISTRATOR,
}

# Who has the right and is told so, but not now: the refusal by the state of things, never by right.
NOT_NOW: dict[str, str] = {
    "corrections.AskForStudent": "AlreadyAsked",
    "corrections.AskForValue": "AlreadyAsked",
    "homeroom.ConfirmGuardian": "NothingToConfirm",
    "access.RefuseGuardian": "NothingToConfirm",
    "access.ConfirmStudent": "NothingToConfirm",
    "access.RefuseStudent": "NothingToConfirm",
    "arrangements.ChooseSubgroup": "NoTransferThisYear",
    "arrangements.TransferStudent": "NoTransferThisYear",
    "homework.TakeBackPersonal": "HomeworkChanged",
    "homework.DropPersonal": "NobodyChosen",
    "homework.TypeForChosen": "NobodyChosen",
    "finals.PutTermMark": "NotYetOpen",
    "finals.AcceptAll": "NotYetOpen",
    "finals.IssueAll": "NotYetOpen",
    "finals.NobodyTook": "NotYetOpen",
    "finals.CloseTerm": "TermNotOver",
    "reading.Acknowledge": "NothingIssued",
    "absence_notes.ShortenNote": "NoteGone",
    "access.RestoreTie": "TieHolds",
    "contacts.SendConfirmation": "NothingThere",
    "contacts.RemoveAddress": "NothingThere",
    "contacts.AskForWritten": "OwnChoice",
    "contacts.PutPaper": "OwnChoice",
    "contacts.RemoveWritten": "OwnChoice",
    "broadcasts.CancelBroadcast": "NothingToCancel",
    "broadcasts.PauseBroadcast": "NoPausing",
    "broadcasts.ResumeBroadcast": "NoPausing",
    "broadcasts.StopBroadcast": "NoPausing",
    "broadcasts.RemindSilent": "NobodySilent",
}


# Forged ids that change nothing of what is shown: the button's class or day alone counts there.
HARMLESS: frozenset[tuple[str, str]] = frozenset(
    {("broadcasts.OpenReaders", f"{whose} school_class") for whose in ("far", "other")}  # nobody of it is among them
    | {("reading.OpenReading", "far number")}  # no term of this school: the one that is due is shown
)
