"""Refusals of notifications."""

from kernel.errors import Conflict, Forbidden, Invalid, NotFound


class UnknownMessage(NotFound):
    """There is no such message, or it is about an order that is not yours to see."""

    code = "unknown-message"
    title = "No such message"
    way_out = "Open the order and pick the message from its list."


class MessageUnderway(Conflict):
    """The message is still on its way: sending it again now would tell the customer twice."""

    code = "message-underway"
    title = "This message is still on its way"
    way_out = "Wait until it was sent or given up, then send it again."


class UnknownWebhook(NotFound):
    """There is no such webhook, or it is not this key's."""

    code = "unknown-webhook"
    title = "No such webhook"
    way_out = "List the webhooks of this key."


class AddressRefused(Invalid):
    """Nobody may be rung at this address: it is no https address in the open internet.

    `why` is `scheme`, `address` (private, or of this machine) or `unknown` (no such host).
    """

    code = "address-refused"
    title = "This address cannot be rung at"
    way_out = "Give an https address, without a user in it, that the internet can reach."


class OnlyIntegrations(Forbidden):
    """Only the key of an integration can be rung: a person has the pages."""

    code = "only-integrations"
    title = "Only an integration's key may do this"
    way_out = "Issue a key for the integration and call with it."


class UnprovenMessage(Forbidden):
    """Whoever brings this has not shown that they may: `why` says what is wrong.

    `headers` are missing or of another shape, `signature` was made with another key or for another
    text, `clock` is too far from ours (`now`), or `source` is no connector of this kind.
    """

    code = "unproven-message"
    title = "This call does not prove who makes it"
    way_out = "Sign as docs/channels.md says, with the connector's key, and mind the clock."


class UnknownConnector(NotFound):
    """There is no such connector, or it was closed."""

    code = "unknown-connector"
    title = "No such connector"
    way_out = "List the connectors with `comptoir connectors list`."


class SourceTaken(Conflict):
    """Another connector has this name, or had it: people are known by it."""

    code = "source-taken"
    title = "Another connector has this name"
    way_out = "Choose another name."
