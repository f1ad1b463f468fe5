"""An SMTP server that delivers to the mailbox and misbehaves on request.

Faults at `connect`, `mail`, `rcpt` and `data` come before the message was taken. At `after_dot`
a refusal (421, 451, 550) refuses it, while `hang` and `cut` keep it and leave the sender without
an answer: the one case in which a sender cannot know. A delay, too, comes after the message was
kept and before the sender is told.
"""

import asyncio
import threading

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.faults import LONGEST_HANG_S, Faults
from sandbox.mailbox import Mailbox

_REPLIES = {
    "421": "421 4.3.2 Service not available, closing the connection",
    "451": "451 4.3.0 Try again later",
    "550": "550 5.1.1 Mailbox unavailable",
}


class MailServer:
    """Listens on 127.0.0.1 from construction on, with its own thread; `port` is the real one."""

    def __init__(self, mailbox: Mailbox, faults: Faults, *, port: int) -> None:
        self._loop = asyncio.new_event_loop()
        delivery = _Delivery(mailbox, faults)
        self._server = self._loop.run_until_complete(
            self._loop.create_server(
                lambda: _Conversation(delivery, faults, self._loop), "127.0.0.1", port
            )
        )
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._run, name="sandbox-smtp", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more and drop every conversation."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        """Serve until stopped, then leave no task and no socket behind."""
        self._loop.run_forever()
        self._server.close()
        self._loop.run_until_complete(self._hang_up())
        self._loop.close()

    async def _hang_up(self) -> None:
        """Cancel every conversation, which closes its connection."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for conversation in others:
            conversation.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)  # a turn of the loop, in which connections close


class _Conversation(SMTP):
    """One client's conversation, which a script may spoil before the message is taken."""

    def __init__(
        self, delivery: "_Delivery", faults: Faults, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(delivery, hostname="sandbox.localhost", enable_SMTPUTF8=True, loop=loop)
        self._faults = faults

    async def _handle_client(self) -> None:
        """Greet and converse, unless spoilt; hang up when the server stops."""
        try:
            if not await self._spoilt("connect"):
                await super()._handle_client()
        finally:
            if self.transport is not None:
                self.transport.close()

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - named by aiosmtpd
        """Take the sender, unless spoilt."""
        if not await self._spoilt("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - named by aiosmtpd
        """Take a recipient, unless spoilt."""
        if not await self._spoilt("rcpt"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - named by aiosmtpd
        """Take the message, unless spoilt."""
        if not await self._spoilt("data"):
            await super().smtp_DATA(arg)

    async def misbehave(self, do: str) -> None:
        """Hang, or cut the connection without a word."""
        if do == "hang":
            await asyncio.sleep(LONGEST_HANG_S)
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def _spoilt(self, moment: str) -> bool:
        """Whether a script applied at this moment; it has been acted upon then."""
        fault = self._faults.take("smtp", moment)
        if fault is None:
            return False
        if fault.do not in _REPLIES:
            await self.misbehave(fault.do)
            return True
        await self.push(_REPLIES[fault.do])
        if (fault.do == "421" or moment == "connect") and self.transport is not None:
            self.transport.close()
        return True


class _Delivery:
    """Takes messages into the mailbox, unless a script says otherwise."""

    def __init__(self, mailbox: Mailbox, faults: Faults) -> None:
        self._mailbox = mailbox
        self._faults = faults

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - named by aiosmtpd
        """Keep the message and return the answer to the sender."""
        fault = self._faults.take("smtp", "after_dot")
        if fault and fault.do in _REPLIES:
            return _REPLIES[fault.do]
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message_id = self._mailbox.keep_email(
            sender=envelope.mail_from or "", recipients=envelope.rcpt_tos, raw=content
        )
        await asyncio.sleep(self._faults.delay_s("smtp"))
        if fault and isinstance(server, _Conversation):
            await server.misbehave(fault.do)
        return f"250 2.0.0 Kept as {message_id}"
