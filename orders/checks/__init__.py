"""What must hold of orders: queries that return no rows."""

from orders.checks import goods, money

CHECKS = (*goods.CHECKS, *money.CHECKS)

__all__ = ["CHECKS"]
