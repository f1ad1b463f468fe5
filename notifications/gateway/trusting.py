"""Whom this process believes over TLS: read once, for reading every authority takes a while."""

import ssl
from functools import cache

import httpx


@cache
def mail_authorities() -> ssl.SSLContext:
    """Return what mail servers are checked against: the system's authorities."""
    return ssl.create_default_context()


@cache
def web_authorities() -> ssl.SSLContext:
    """Return what servers asked over HTTPS are checked against: the list httpx brings along."""
    return httpx.create_ssl_context(trust_env=False)
