"""What tills may call. Each request is signed: see docs/tills.md."""

from pos_adapter.routes import finding, receiving
from pos_adapter.routes.blueprint import blueprint

__all__ = ["blueprint", "finding", "receiving"]
