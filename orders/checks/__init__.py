"""What must hold of orders: queries that return no rows."""

from orders.checks.delivering import DELIVERING
from orders.checks.external import EXTERNAL
from orders.checks.money import MONEY
from orders.checks.parcels import PARCELS

CHECKS = (*PARCELS, *MONEY, *DELIVERING, *EXTERNAL)

__all__ = ["CHECKS"]
