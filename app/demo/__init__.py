"""The demonstration retailer: Aubépin, a French house of home, kitchen, garden and paper."""

from app.demo.seed import seed

__all__ = ["seed"]
