"""Use cases of tills: who signed, what was scanned, what a receipt tells."""

from pos_adapter.services.finding import FoundParcel, Nearby, look_up, scan_shelf
from pos_adapter.services.receiving import Recorded, record_receipt
from pos_adapter.services.signing import admit, prune_nonces
from pos_adapter.services.tendering import hand_over
from pos_adapter.services.watching import note_altered, note_gaps, note_refused

__all__ = [
    "FoundParcel",
    "Nearby",
    "Recorded",
    "admit",
    "hand_over",
    "look_up",
    "note_altered",
    "note_gaps",
    "note_refused",
    "prune_nonces",
    "record_receipt",
    "scan_shelf",
]
