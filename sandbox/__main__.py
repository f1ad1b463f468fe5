"""`python -m sandbox`: run the sandbox until SIGTERM or SIGINT."""

import argparse
import json
import logging
import os
import signal
from dataclasses import asdict
from pathlib import Path

from sandbox.server import Addresses, Options, Sandbox


def main() -> None:
    """Serve until told to stop; `--addresses` exists once everything listens."""
    logging.basicConfig(level=logging.WARNING)
    arguments = _arguments()
    # Blocked before any thread starts, so that only sigwait below receives them.
    stops = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    sandbox = Sandbox(
        arguments.home,
        Options(
            smtp_port=arguments.smtp_port,
            http_port=arguments.http_port,
            webhook_url=arguments.webhook_url,
            webhook_secret=arguments.webhook_secret,
            pages_url=arguments.pages_url,
            inbox=arguments.inbox,
            sms_webhook_url=arguments.sms_webhook_url,
        ),
    )
    _write(arguments.addresses, sandbox.addresses)
    signal.sigwait(stops)
    sandbox.close()


def _arguments() -> argparse.Namespace:
    """Return the command line, read."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder of its memory")
    parser.add_argument("--addresses", type=Path, required=True, help="file to write, JSON")
    parser.add_argument("--smtp-port", type=int, default=0, help="0: a free one")
    parser.add_argument("--http-port", type=int, default=0, help="0: a free one")
    parser.add_argument("--webhook-url", default="", help="where Stripe events are posted")
    parser.add_argument("--webhook-secret", default="", help="signs them, whsec_…")
    parser.add_argument("--pages-url", default="", help="where browsers find the checkout pages")
    parser.add_argument("--inbox", default=Options.inbox, help="whose mailbox IMAP opens")
    parser.add_argument("--sms-webhook-url", default="", help="where text messages are posted")
    return parser.parse_args()


def _write(path: Path, addresses: Addresses) -> None:
    """Write the addresses so that a reader sees all of them or no file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(asdict(addresses)), encoding="utf-8")
    draft.replace(path)


if __name__ == "__main__":
    main()
