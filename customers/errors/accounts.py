"""Refusals of accounts: codes, passwords, contact points."""

from kernel.errors import Conflict, Forbidden, Invalid, NotFound


class UnknownAddress(NotFound):
    """The account keeps no such address."""

    code = "unknown-address"
    title = "No such address"
    way_out = "Look at the addresses of the account."


class UnknownPoint(NotFound):
    """The account has no such proven e-mail address or telephone number."""

    code = "unknown-contact-point"
    title = "No such e-mail address or number in this account"
    way_out = "Look at the account: it may have been removed."


class UnknownChallenge(NotFound):
    """No such code was asked for, or another browser asked for it."""

    code = "unknown-challenge"
    title = "No such code was asked for here"
    way_out = "Ask for a new code in this browser."


class CodeRefused(Forbidden):
    """The code is not the one that was sent, was used before, or its time is over."""

    code = "code-refused"
    title = "This code is not right"
    way_out = "Read the newest message once more, or ask for a new code."


class AccountSignInRefused(Forbidden):
    """This e-mail address and this password open no account."""

    code = "account-sign-in-refused"
    title = "This e-mail address and this password do not belong together"
    way_out = "Try again, or have a code sent to the address instead."


class WeakPassword(Invalid):
    """The password is too short or too easily guessed; `why` says which."""

    code = "weak-password"
    title = "This password is too easy to guess"
    way_out = "Take ten signs or more: three or four words that do not belong together are good."


class PointOfAnotherAccount(Conflict):
    """This e-mail address is that of another account, which its owner signs in to with it."""

    code = "contact-point-of-another-account"
    title = "This address opens another account"
    way_out = "Sign in with it instead, or have our customer service join both."


class LastSignIn(Conflict):
    """The account would be left without the address it is opened with."""

    code = "last-sign-in"
    title = "You sign in with this address"
    way_out = "Prove another e-mail address first and sign in with that, or close the account."
