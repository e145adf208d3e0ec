"""The pages behind the links in e-mails: a look changes nothing, the button does; so that no scanner answers for us.

A mail program's own «unsubscribe» posts straight away (RFC 8058). Wrong, used and old links get the same answer.
"""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.mail import page
from services.channels.links import CONFIRM, STOP
from services.contacts import Contacts
from services.i18n import DEFAULT_LOCALE, speaking
from services.i18n import gettext as _

log = logging.getLogger("zvonok.mail")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "; ".join(
        ("default-src 'none'", "style-src 'unsafe-inline'", "form-action 'self'", "frame-ancestors 'none'")
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

Deed = Callable[[str], Awaitable[str | None]]


def add_mail_pages(app: web.Application, contacts: Contacts) -> None:
    """The routes of both links."""
    asks = {
        CONFIRM: lambda: (
            _("Letters about your child"),
            _("Marks, homework and absences will come to this address."),
            _("Confirm the address"),
        ),
        STOP: lambda: (
            _("No more letters?"),
            _("The school's letters will no longer come to this address."),
            _("Stop the letters"),
        ),
    }
    done = {
        CONFIRM: lambda: (_("Done"), _("The address is confirmed: letters will come here.")),
        STOP: lambda: (_("Done"), _("No more letters will come to this address.")),
    }
    deeds: dict[str, Deed] = {CONFIRM: contacts.confirm_by_link, STOP: contacts.stop_by_link}
    for path in (CONFIRM, STOP):
        app.router.add_get(path + "{token}", _look(asks[path]))
        app.router.add_post(path + "{token}", _act(deeds[path], done[path]))


def _look(ask: Callable[[], tuple[str, str, str]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def view(request: web.Request) -> web.Response:
        with speaking(_language(request)):
            title, text, button = ask()
            return _answer(title, text, button)

    return view


def _act(deed: Deed, done: Callable[[], tuple[str, str]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def view(request: web.Request) -> web.Response:
        try:
            locale = await deed(request.match_info["token"])
        except Exception as error:
            log.warning("mail_page_failed error=%s", type(error).__name__)
            with speaking(_language(request)):
                return _answer(_("Not now"), _("Something went wrong. Try again in a minute."), status=503)
        with speaking(locale or _language(request)):
            if locale is None:
                text = _("Perhaps it was used before, or is too old. How letters come is chosen in «Settings».")
                return _answer(_("The link has no effect"), text)
            return _answer(*done())

    return view


def _language(request: web.Request) -> str:
    """The browser's first language, if it is one of families'."""
    wanted = request.headers.get("Accept-Language", "")[:2].lower()
    return "en" if wanted == "en" else DEFAULT_LOCALE


def _answer(title: str, text: str, button: str | None = None, *, status: int = 200) -> web.Response:
    return web.Response(
        text=page(title, text, button), status=status, content_type="text/html", charset="utf-8", headers=HEADERS
    )
