"""Days of arrival, as requests about stock say them."""

from datetime import date, timedelta
from typing import Any

from marshmallow import ValidationError, fields

from kernel.clock import now

AHEAD_MAX = timedelta(days=3_660)


class ArrivalDay(fields.Date):
    """A day on which goods can still arrive: from today on, at most ten years ahead."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 (marshmallow's signature)
        super().__init__(validate=_to_come, **kwargs)


def _to_come(day: date) -> None:
    # Somewhere it is still yesterday.
    if not -timedelta(days=1) <= day - now().date() <= AHEAD_MAX:
        raise ValidationError("Give a day from today on, at most ten years ahead.")
