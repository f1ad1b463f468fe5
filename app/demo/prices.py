"""What Aubépin takes off: a lamp at a reduced price, candles for less, three stationery for two."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import catalog.services
import orders.services
from app.demo.articles import CURRENCY
from catalog.commands import SetPrice
from kernel.actors import Actor
from kernel.clock import db_now
from orders.commands import PromotionKind, PromotionOn, SetPromotion

REDUCED: Final = (SetPrice("PARAPLUIE", 2990, is_reduced=True),)
PLANNED: Final = SetPrice("VASE", 2190, is_reduced=True)
AHEAD: Final = timedelta(days=7)
LASTS: Final = timedelta(days=14)
PROMOTIONS: Final = (
    SetPromotion(
        "bougies-15",
        {"fr": "Les bougies à -15\u00a0%", "en": "15 % off candles"},
        PromotionKind.PERCENT,
        PromotionOn.ARTICLE,
        "BOUGIE",
        amount=1500,
    ),
    SetPromotion(
        "papier-3-pour-2",
        {"fr": "Papeterie : 3 pour 2", "en": "Stationery: 3 for 2"},
        PromotionKind.N_FOR_M,
        PromotionOn.CATEGORY,
        "papier",
        take=3,
        pay=2,
    ),
)


def reduce_prices(session: Session, skus: list[str], *, brand_id: UUID, head: Actor) -> None:
    """Have head office reduce a price, plan another, and set two promotions."""
    starts = db_now(session) + AHEAD
    planned = [
        SetPrice(PLANNED.sku, PLANNED.amount_minor, 1, starts, starts + LASTS, is_reduced=True)
    ]
    known = [
        SetPrice(sku, each.amount_minor, 1, each.valid_from, each.valid_to, is_reduced=True)
        for each in (*REDUCED, *planned)
        for sku in skus
        if sku == each.sku or sku.startswith(f"{each.sku}-")
    ]
    catalog.services.set_prices(session, known, brand_id=brand_id, currency=CURRENCY, actor=head)
    for promotion in PROMOTIONS:
        orders.services.set_promotion(session, promotion, brand_id=brand_id, actor=head)
