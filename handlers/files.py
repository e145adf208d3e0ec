"""What somebody attached to a message."""

from aiogram.types import Message

from services.homework import NewFile
from storage.vocabulary import FileKind


def file_of(message: Message) -> NewFile:
    """The photo, in its largest size, or the document of a message that has one."""
    if message.photo:
        photo = max(message.photo, key=lambda size: size.width * size.height)
        return NewFile(FileKind.PHOTO, photo.file_id, photo.file_unique_id, "", photo.file_size)
    document = message.document
    assert document is not None, "the filter lets nothing else through"
    name = document.file_name or ""
    return NewFile(FileKind.DOCUMENT, document.file_id, document.file_unique_id, name, document.file_size)
