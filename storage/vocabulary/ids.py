"""Identifiers as types."""

from typing import NewType

SchoolId = NewType("SchoolId", int)
PersonId = NewType("PersonId", int)
ClassId = NewType("ClassId", int)
SubgroupId = NewType("SubgroupId", int)
SubjectId = NewType("SubjectId", int)
LessonId = NewType("LessonId", int)
WorkId = NewType("WorkId", int)
ItemId = NewType("ItemId", int)
LetterId = NewType("LetterId", int)
BotId = NewType("BotId", int)
InboxSeq = NewType("InboxSeq", int)
InvitationId = NewType("InvitationId", int)
AccountId = NewType("AccountId", int)
TermId = NewType("TermId", int)
RequestId = NewType("RequestId", int)
ThreadId = NewType("ThreadId", int)
BroadcastId = NewType("BroadcastId", int)
NoteId = NewType("NoteId", int)
ContactId = NewType("ContactId", int)
