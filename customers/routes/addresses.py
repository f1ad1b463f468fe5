"""The addresses an account keeps."""

from typing import Any
from uuid import UUID

from flask import Response

from customers import queries, services
from customers.commands import GiveAddress
from customers.routes.blueprint import OWN, blueprint, own_id
from customers.schemas import OwnAddressesSchema, OwnThingSchema, SaveAddressSchema
from kernel.db import reading, transaction
from kernel.web import answer_once, declare


@blueprint.get("/addresses")
@declare(permission=OWN)
@blueprint.response(200, OwnAddressesSchema)
def list_addresses() -> dict[str, Any]:
    """List the addresses the account keeps, the newest first."""
    with reading() as session:
        return {"addresses": queries.list_saved_addresses(session, own_id())}


@blueprint.post("/addresses")
@declare(permission=OWN, keyed=True, rate="60/minute")
@blueprint.arguments(SaveAddressSchema)
@blueprint.response(201, OwnThingSchema)
def save_address(command: GiveAddress) -> Response:
    """Keep one more address."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            return 201, {"id": str(services.save_address(session, own_id(), command))}

        return answer_once(session, act)


@blueprint.put("/addresses/<uuid:address_id>")
@declare(permission=OWN, keyed=True, rate="60/minute")
@blueprint.arguments(SaveAddressSchema)
@blueprint.response(200, OwnThingSchema)
def change_address(command: GiveAddress, address_id: UUID) -> Response:
    """Change an address the account keeps; orders keep theirs."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.change_address(session, address_id, command, customer_id=own_id())
            return 200, {"id": str(address_id)}

        return answer_once(session, act)


@blueprint.delete("/addresses/<uuid:address_id>")
@declare(permission=OWN, keyed=True, rate="60/minute")
@blueprint.response(200, OwnThingSchema)
def close_address(address_id: UUID) -> Response:
    """Keep an address no longer."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.close_address(session, address_id, customer_id=own_id())
            return 200, {"id": str(address_id)}

        return answer_once(session, act)
