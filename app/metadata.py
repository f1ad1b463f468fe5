"""Every table of every package, gathered for migrations and for the tests that compare them."""

import catalog.models
import conversations.models
import customers.models
import inventory.models
import kernel.attempts
import kernel.events
import kernel.idempotency
import kernel.sealing
import kernel.turns
import notifications.models
import orders.models
import payments.models
import pos_adapter.models
import stores.models
from kernel.db import Base

METADATA = Base.metadata
MODULES = (
    catalog.models,
    conversations.models,
    customers.models,
    inventory.models,
    kernel.attempts,
    kernel.events,
    kernel.idempotency,
    kernel.sealing,
    kernel.turns,
    notifications.models,
    orders.models,
    payments.models,
    pos_adapter.models,
    stores.models,
)
"""Importing these is what fills the metadata."""
