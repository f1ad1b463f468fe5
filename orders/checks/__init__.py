"""What must hold of orders: queries that return no rows."""

from orders.checks.delivering import DELIVERING
from orders.checks.money import MONEY
from orders.checks.parcels import PARCELS

CHECKS = (*PARCELS, *MONEY, *DELIVERING)

__all__ = ["CHECKS"]
