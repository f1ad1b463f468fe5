r"""A connector between a messenger and Comptoir: messages go in, answers go out.

    SHOP=http://localhost:8000 SOURCE=messenger KEY=... PORT=8090 \\
    VENDOR_SECRET=... VENDOR_SEND=https://graph.example/me/messages VENDOR_TOKEN=... \\
    python3 social_connector.py

The messenger posts its events to /messenger, Comptoir its answers to /answers. A connector for
another network changes `read_events` and `send` only. It keeps in FILE what it has sent, so that an
answer given to it twice is sent once, also after a restart.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import sqlite3
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SHOP, SOURCE, KEY = os.environ["SHOP"], os.environ["SOURCE"], os.environ["KEY"]
VENDOR_SECRET, VENDOR_SEND = os.environ["VENDOR_SECRET"], os.environ["VENDOR_SEND"]
VENDOR_TOKEN, PORT = os.environ.get("VENDOR_TOKEN", ""), int(os.environ.get("PORT", "8090"))
CLOCK_S, BODY_MAX = 300, 1_000_000
sent = sqlite3.connect(os.environ.get("FILE", "sent.sqlite3"), check_same_thread=False)
sent.execute("CREATE TABLE IF NOT EXISTS sent (id TEXT PRIMARY KEY)")
one_at_a_time = threading.Lock()


def sign(method: str, target: str, stamp: str, nonce: str, body: bytes) -> str:
    """Return the signature of a request: five lines under the connector's key."""
    text = "\n".join([method, target, stamp, nonce, hashlib.sha256(body).hexdigest()])
    raw = base64.urlsafe_b64decode(KEY + "=" * (-len(KEY) % 4))
    made = hmac.new(raw, text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Return the status that a post of JSON is answered with; 0 when there is no answer."""
    headers = {**headers, "Content-Type": "application/json"}
    request = urllib.request.Request(url, body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        print(refused.code, url, refused.read().decode(errors="replace"), file=sys.stderr)
        return int(refused.code)
    except OSError as error:
        print(url, error, file=sys.stderr)
        return 0


def bring(message: dict[str, str]) -> int:
    """Give a message to Comptoir, signed; bringing it again changes nothing."""
    target, body = f"/api/v1/webhooks/social/{SOURCE}", json.dumps(message).encode()
    stamp, nonce = str(int(time.time())), secrets.token_urlsafe(18)
    headers = {"Comptoir-Timestamp": stamp, "Comptoir-Nonce": nonce}
    headers["Comptoir-Signature"] = sign("POST", target, stamp, nonce, body)
    return post(SHOP + target, body, headers)


def read_events(body: bytes) -> list[dict[str, str]]:
    """Return what people wrote, of a Messenger event: who, what, and the id of the message."""
    found = []
    for entry in json.loads(body)["entry"]:
        for event in entry.get("messaging", ()):
            said = event.get("message", {})
            if said.get("text") and not said.get("is_echo"):
                writer = event["sender"]["id"]
                found.append({"id": said["mid"], "from": writer, "text": said["text"]})
    return found


def send(answer: dict[str, Any]) -> int:
    """Give an answer to the messenger."""
    body = {"recipient": {"id": answer["to"]}, "message": {"text": answer["text"]}}
    headers = {"Authorization": f"Bearer {VENDOR_TOKEN}"}
    return post(VENDOR_SEND, json.dumps(body).encode(), headers)


def deliver(body: bytes) -> int:
    """Send an answer once, whoever gives it how often; return the status Comptoir is told."""
    try:
        answer = json.loads(body)
        number = str(answer["id"])
        if not (isinstance(answer["to"], str) and isinstance(answer["text"], str)):
            return 400
    except (ValueError, KeyError, TypeError):
        return 400
    if answer.get("check"):  # `comptoir connectors check` sends to nobody
        return 200
    with one_at_a_time:
        if sent.execute("SELECT 1 FROM sent WHERE id = ?", (number,)).fetchone():
            return 200
        status = send(answer)
        if 200 <= status < 300:
            sent.execute("INSERT INTO sent VALUES (?)", (number,))
            sent.commit()
            return 200
    return 422 if status in {400, 404} else 503  # 422: it never will; 503: ask again


class Door(BaseHTTPRequestHandler):
    """Both sides knock here; who does not prove who they are is sent away."""

    def do_POST(self) -> None:
        """Answer with a status and nothing else."""
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length) if length <= BODY_MAX else b""
        doors = {"/messenger": self.from_vendor, "/answers": self.from_shop}
        door = doors.get(self.path)
        self.send_response(door(body) if door else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def from_vendor(self, body: bytes) -> int:
        """Bring what the messenger tells of; it tells again what was not taken."""
        made = hmac.new(VENDOR_SECRET.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"sha256={made}", self.headers.get("X-Hub-Signature-256", "")):
            return 403
        statuses = [bring(message) for message in read_events(body)]
        return 200 if all(200 <= each < 300 or each == 422 for each in statuses) else 503

    def from_shop(self, body: bytes) -> int:
        """Send what Comptoir answers."""
        stamp = self.headers.get("Comptoir-Timestamp", "")
        made = sign("POST", self.path, stamp, self.headers.get("Comptoir-Nonce", ""), body)
        if not hmac.compare_digest(made, self.headers.get("Comptoir-Signature", "")):
            return 401
        return deliver(body) if abs(time.time() - int(stamp)) <= CLOCK_S else 401


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Door)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
