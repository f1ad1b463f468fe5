"""Refusals of what tablets tell afterwards."""

from kernel.errors import Invalid


class NonceReused(Invalid):
    """Another deed was told under this nonce before; nothing of this one was done.

    It stands in the answer of that one fact, whose `outcome` is `refused`, beside a case.
    """

    code = "nonce-reused"
    title = "Something else was told under this nonce"
    way_out = (
        "Do not send it again under another nonce: it may be the same deed, spoilt. "
        "Show the case to a person, who records what is true."
    )
