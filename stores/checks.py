"""What must hold of stores: queries that return no rows."""

from kernel.checks import Check

CHECKS = (
    Check(
        "SLOT-01",
        "a slot says it is booked otherwise than it is",
        """
        SELECT s.id, s.booked, count(b.fulfillment_id) AS live
        FROM slot s LEFT JOIN capacity_booking b ON b.slot_id = s.id AND b.released_at IS NULL
        GROUP BY s.id HAVING s.booked <> count(b.fulfillment_id)
        """,
    ),
    Check(
        "SLOT-02",
        "a day says it is booked otherwise than it is",
        """
        SELECT location_id, day, coalesce(d.booked, 0) AS booked, coalesce(b.live, 0) AS live
        FROM day_load d FULL JOIN (
            SELECT location_id, day, count(*) AS live FROM capacity_booking
            WHERE released_at IS NULL AND day IS NOT NULL GROUP BY location_id, day) b
            USING (location_id, day)
        WHERE coalesce(d.booked, 0) <> coalesce(b.live, 0)
        """,
    ),
    Check(
        "SLOT-03",
        "a booking belongs to no parcel, or to one that ended without it being given back",
        """
        SELECT b.fulfillment_id FROM capacity_booking b
        LEFT JOIN fulfillment f ON f.id = b.fulfillment_id
        WHERE f.id IS NULL OR (b.released_at IS NULL AND f.status IN ('cancelled', 'expired'))
        """,
    ),
)
