"""The links in e-mails: confirming an address, and one click to stop. Made from the key, so that none is stored."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from services import codes
from storage.vocabulary import ContactId

CONFIRM, STOP = "/mail/confirm/", "/mail/stop/"
LENGTH = 40  # hex signs of a link's secret: 160 bits


@dataclass(frozen=True)
class MailLinks:
    """Makes links and knows them again; `base` is the address that families reach the service at."""

    base: str
    key: bytes

    def confirming(self, contact_id: ContactId, asked_at: datetime) -> str:
        """The link that confirms an address; a newer question makes another."""
        return f"{self.base.rstrip('/')}{CONFIRM}{self.confirm_token(contact_id, asked_at)}"

    def stopping(self, contact_id: ContactId) -> str:
        """The link that ends letters to an address."""
        return f"{self.base.rstrip('/')}{STOP}{contact_id}.{self._stop_secret(contact_id)}"

    def confirm_token(self, contact_id: ContactId, asked_at: datetime) -> str:
        """The secret of a confirming link."""
        return codes.digest(self.key, "contact.link", f"{contact_id}:{asked_at.isoformat()}")[:LENGTH]

    def kept(self, token: str) -> str:
        """What is stored of that secret."""
        return codes.digest(self.key, "contact.confirm", token)

    def stopped(self, token: str) -> ContactId | None:
        """The contact whose letters a stopping link ends; None: no link of ours."""
        number, _, secret = token.partition(".")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return None
        contact_id = ContactId(int(number))
        same = hmac.compare_digest(secret.encode("utf-8", "replace"), self._stop_secret(contact_id).encode())
        return contact_id if same else None

    def _stop_secret(self, contact_id: ContactId) -> str:
        return codes.digest(self.key, "contact.stop", str(contact_id))[:LENGTH]
