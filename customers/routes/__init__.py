"""Accounts over HTTP: signing in and out, and what an account keeps for its owner."""

from customers.routes import addresses, points, profile, signing_in
from customers.routes.blueprint import blueprint

__all__ = ["addresses", "blueprint", "points", "profile", "signing_in"]
