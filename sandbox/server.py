"""The sandbox as a whole: one SMTP, one IMAP and one HTTP server, one file of memory."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.agenda import Agenda
from sandbox.answering import Answers, answer_pages
from sandbox.control import control_pages
from sandbox.faults import Faults
from sandbox.imap import PASSWORD, ImapServer
from sandbox.mail import MailServer
from sandbox.mailbox import Mailbox, mailbox_pages
from sandbox.sms import ACCOUNT_SID, AUTH_TOKEN, TextMessages
from sandbox.sms_api import sms_pages
from sandbox.store import Store
from sandbox.stripe_api import stripe_pages
from sandbox.stripe_book import Book
from sandbox.stripe_checkout import expire_overdue
from sandbox.stripe_events import Events, Webhook
from sandbox.stripe_page import checkout_pages
from sandbox.stripe_payments import release_overdue

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Addresses:
    """Where the servers listen, as URLs."""

    smtp: str
    imap: str
    sms: str
    stripe: str
    mailbox: str
    control: str


@dataclass(frozen=True)
class Options:
    """Ports (0: a free one) and where Stripe's webhooks go (empty: nowhere).

    `pages_url` is where browsers find the checkout pages when they cannot come here themselves,
    for a program in front hands them on; empty: here. `inbox` is the address whose mailbox
    `Addresses.imap` opens. Text messages that somebody writes go to `sms_webhook_url`.
    """

    smtp_port: int = 0
    http_port: int = 0
    webhook_url: str = ""
    webhook_secret: str = ""
    pages_url: str = ""
    imap_port: int = 0
    inbox: str = "inbox@sandbox.example"
    sms_webhook_url: str = ""


class Sandbox:
    """Listens on 127.0.0.1 from construction on, remembers in `home`, until closed."""

    def __init__(self, home: Path, options: Options) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._store = Store(home / "sandbox.sqlite3")
        self._faults = Faults()
        self._sms_agenda = Agenda("sms")
        self._webhook_agenda = Agenda("webhooks")
        self._expiry_agenda = Agenda("expiry")
        webhook = Webhook(url=options.webhook_url, secret=options.webhook_secret)
        events = Events(self._store, self._faults, self._webhook_agenda, webhook)
        pages_url = options.pages_url.rstrip("/")
        self._book = Book(self._store, events.record, pages_url=pages_url)
        mailbox = Mailbox(self._store)
        texts = TextMessages(self._store, mailbox, self._sms_agenda)
        web = Flask("sandbox", static_folder=None, template_folder=str(_TEMPLATES))
        web.jinja_env.undefined = StrictUndefined
        web.register_blueprint(mailbox_pages(mailbox))
        web.register_blueprint(answer_pages(Answers(mailbox, options.sms_webhook_url)))
        web.register_blueprint(control_pages(self._faults, events))
        web.register_blueprint(sms_pages(texts, self._faults))
        web.register_blueprint(stripe_pages(self._book, self._store, self._faults))
        web.register_blueprint(checkout_pages(self._book))
        web.wsgi_app = _Under(  # type: ignore[method-assign]  # Flask's documented way
            urlsplit(pages_url).path, web.wsgi_app
        )
        self._smtp = MailServer(mailbox, self._faults, port=options.smtp_port)
        self._imap = ImapServer(self._store, mailbox, port=options.imap_port)
        self._http = _HttpServer(web, port=options.http_port)
        self._expire_overdue()
        self.addresses = _addresses(
            smtp_port=self._smtp.port,
            imap=f"imap://{quote(options.inbox, safe='')}:{PASSWORD}@127.0.0.1:{self._imap.port}",
            http_port=self._http.port,
        )

    def close(self) -> None:
        """Stop listening and let every hanging conversation go."""
        self._faults.stop()
        self._http.close()
        self._smtp.close()
        self._imap.close()
        for agenda in (self._sms_agenda, self._webhook_agenda, self._expiry_agenda):
            agenda.close()
        self._store.close()

    def _expire_overdue(self) -> None:
        """Expire checkout sessions and what cards hold in time, every second."""
        expire_overdue(self._book)
        release_overdue(self._book)
        self._expiry_agenda.later(1, self._expire_overdue)


class _Under:
    """A WSGI application whose pages name their addresses under `path`, where browsers see them."""

    def __init__(self, path: str, wsgi_app: WSGIApplication) -> None:
        self._path = path
        self._wsgi_app = wsgi_app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._wsgi_app({**environ, "SCRIPT_NAME": self._path}, start_response)


class _HttpServer:
    """Serves a WSGI application, a daemon thread per connection."""

    def __init__(self, web: Flask, *, port: int) -> None:
        self._server = make_server(
            "127.0.0.1", port, web, threaded=True, request_handler=_QuietHandler
        )
        self.port: int = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="sandbox-http", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _QuietHandler(WSGIRequestHandler):
    """Logs nothing of the requests."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - named by werkzeug
        """Say nothing: the mailbox and the vendors' lists show what came."""


def _addresses(*, smtp_port: int, imap: str, http_port: int) -> Addresses:
    """Return the addresses for these ports."""
    http = f"http://127.0.0.1:{http_port}"
    return Addresses(
        smtp=f"smtp://127.0.0.1:{smtp_port}",
        imap=imap,
        sms=f"http://{ACCOUNT_SID}:{AUTH_TOKEN}@127.0.0.1:{http_port}",
        stripe=http,
        mailbox=f"{http}/mailbox",
        control=f"{http}/control",
    )
