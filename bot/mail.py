"""The wire to the mail server: SMTP_URL read, a letter made of its frozen payload, carried, and judged."""

import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP as Client
from aiosmtplib import SMTPException, SMTPResponseException
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.settings import Settings
from bot.telegram import REPEATED
from services.channels.links import MailLinks
from services.channels.mail_letters import MailLetters
from services.channels.mail_outcomes import Reply, Step, judge
from services.clock import Clock, machine_now
from services.i18n import gettext, ngettext, speaking, spoken
from services.outbox.limits import Limits
from services.outbox.outcomes import Outcome
from services.outbox.pace import Pace
from services.outbox.postman import CARE_EVERY, Postman, Spawn
from services.outbox.transport import FrozenLetter
from storage.repositories.due import place_of
from storage.uow import Storage
from storage.vocabulary import BotId, Channel, ContactId

log = logging.getLogger("zvonok.mail")

# A school's mailbox sends a few letters a second; more would look like spam to whoever carries them.
MAIL_LIMITS = Limits(bot_rate=4.0, bot_burst=2, chat_interval=2.0, reply_burst=1, group_interval=2.0, bulk_rate=3.0)
WIDTH = 4  # connections at once
CONNECT_TIMEOUT, ANSWER_TIMEOUT = 5.0, 15.0
LOCAL = ("localhost", "127.0.0.1", "::1")

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "web" / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    extensions=["jinja2.ext.i18n"],
    trim_blocks=True,
)
_environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Server:
    """A mail server by SMTP_URL. `tls`: from the first byte; else STARTTLS, which is a must where a password goes."""

    host: str
    port: int
    user: str
    password: str
    tls: bool

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """smtp://user:password@host:587, or smtps://…:465. Raises ValueError, which never names the password."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("SMTP_URL must look like smtp://user:password@host:587 or smtps://host:465")
        tls = parts.scheme == "smtps"
        try:
            port = parts.port or (465 if tls else 587)
        except ValueError:
            raise ValueError("SMTP_URL has no such port") from None
        return cls(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), tls)

    @property
    def needs_starttls(self) -> bool:
        """Whether a connection that can't be encrypted is refused: a password goes to another machine."""
        return not self.tls and bool(self.user) and self.host not in LOCAL


def mail_links(settings: Settings) -> MailLinks | None:
    """The links of letters; None where the school sends no e-mail."""
    if settings.smtp_url is None or settings.public_url is None:
        return None
    return MailLinks(settings.public_url, settings.key())


def mail_postman(
    settings: Settings, storage: Storage, clock: Clock, limits: Limits = MAIL_LIMITS, care_every: float = CARE_EVERY
) -> Callable[[BotId, Spawn], Postman] | None:
    """What makes the postman of e-mail for a bot; None where the school sends none. Raises ValueError of SMTP_URL."""
    links = mail_links(settings)
    if links is None or settings.smtp_url is None or settings.mail_from is None:
        return None
    server = Server.from_url(settings.smtp_url.get_secret_value())
    transport = MailTransport(server, settings.mail_from, links, machine_now, ssl.create_default_context())

    def make(bot_id: BotId, spawn: Spawn) -> Postman:
        return Postman(
            storage,
            clock,
            MailLetters(),
            transport,
            Pace(limits),
            bot_id=bot_id,
            spawn=spawn,
            channel=Channel.EMAIL,
            width=WIDTH,
            care_every=care_every,
        )

    return make


class MailTransport:
    """Carries letters to mailboxes, a connection each."""

    def __init__(
        self, server: Server, sender: str, links: MailLinks, now: Callable[[], datetime], context: ssl.SSLContext
    ) -> None:
        self._server = server
        self._sender = sender
        self._links = links
        self._now = now
        self._context = context

    async def send(self, letter: FrozenLetter) -> Outcome:
        """One letter, and its outcome; never raises."""
        message = message_of(letter, self._sender, self._links, self._now())
        outcome = judge(await self._carry(message, str(letter.payload["to"])), str(message["Message-ID"]))
        if outcome.refuses_us:
            log.critical("alarm mail_refused outcome=%s", outcome.slug)
        return outcome

    async def _carry(self, message: EmailMessage, mailbox: str) -> Reply:
        client = Client(
            hostname=self._server.host,
            port=self._server.port,
            use_tls=self._server.tls,
            start_tls=True if self._server.needs_starttls else (False if self._server.tls else None),
            tls_context=self._context,
            timeout=CONNECT_TIMEOUT,
        )
        step = Step.CONNECT
        try:
            await client.connect()
            if self._server.user:
                step = Step.LOGIN
                await client.login(self._server.user, self._server.password, timeout=ANSWER_TIMEOUT)
            step = Step.SENDER
            await client.mail(parseaddr(self._sender)[1], timeout=ANSWER_TIMEOUT)
            step = Step.MAILBOX
            await client.rcpt(mailbox, timeout=ANSWER_TIMEOUT)
            step = Step.TEXT
            answer = await client.data(message.as_bytes(policy=SMTP), timeout=ANSWER_TIMEOUT)
        except SMTPResponseException as error:
            return Reply(step, error.code, error.message)
        except (SMTPException, OSError, ssl.SSLError, ValueError) as error:
            log.info("mail_broke step=%s error=%s", step.value, type(error).__name__)
            return Reply(step)
        finally:
            client.close()
        return Reply(step, answer.code, answer.message)


def message_of(letter: FrozenLetter, sender: str, links: MailLinks, now: datetime) -> EmailMessage:
    """The letter as it travels: plain and HTML, one click to stop, and the same Message-ID for every copy of it."""
    payload = letter.payload
    contact_id = ContactId(place_of(letter.address))
    asked_at = payload.get("asked_at")
    domain = parseaddr(sender)[1].rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = payload["to"]
    message["Subject"] = payload["subject"]
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<letter-{letter.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    stop = None if asked_at else links.stopping(contact_id)
    if stop is not None:
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    confirm = links.confirming(contact_id, datetime.fromisoformat(asked_at)) if asked_at else None
    with speaking(payload["locale"]):
        view = {
            "text": payload["text"],
            "html": payload["html"],
            "subject": payload["subject"],
            "locale": payload["locale"],
            "repeated": gettext(REPEATED) if letter.copy else None,
            "confirm": confirm,
            "stop": stop,
        }
        message.set_content(_environment.get_template("letter.txt.j2").render(view).strip() + "\n", cte="base64")
        html = _environment.get_template("letter.html.j2").render(view)
        message.add_alternative(html, subtype="html", cte="base64")
    return message


def page(title: str, text: str, button: str | None) -> str:
    """A page behind a link of a letter, in the language now spoken."""
    view = {"title": title, "text": text, "button": button, "locale": spoken()}
    return _environment.get_template("mail_page.html.j2").render(view)
