"""Instants and yes or no, as queries of stock say them."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import fields, validate

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)


class Instant(fields.AwareDateTime):
    """An instant with its offset, in this millennium: `2026-05-04T06:00:00Z`."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 (marshmallow's signature)
        bounds = validate.Range(min=EARLIEST, max=LATEST)
        super().__init__(format="iso", validate=bounds, **kwargs)
