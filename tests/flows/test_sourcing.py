"""Journeys of who sends what: a transfer to a store, a split capped by its cost, a refusal."""

import secrets
from typing import Any

from tests.flows.test_transfers_and_deliveries import do
from tests.orders.doors import ADDRESS, delivery_body
from tests.support.firm import Firm, Place, open_firm
from tests.support.pages import open_browser, page_in, words
from tests.support.trade import Trade
from tests.support.travel import Clock, minute
from tests.support.vendors import Vendors, eventually


def email() -> str:
    return f"{secrets.token_hex(6)}@example.org"


def test_a_store_short_of_some_has_it_brought_and_its_customer_waits_for_all_of_it(
    trade: Trade, vendors: Vendors, clock: Clock
) -> None:
    firm, chloe = open_firm(trade, "Genêt"), email()
    shop, depot = firm.open_shop(), firm.open_depot()
    sku = firm.list_article({shop.id: 1, depot.id: 5})
    limits = {"after_partial": "transfer", "after_none": "transfer"}
    first = {"rank": "role", "first": "warehouse"}
    firm.set_rules(first, {"rank": "distance"}, method="pickup", limits=limits)
    clock.go_to("2029-06-07 18:20")  # Thursday; the warehouse has closed, the store soon does

    customer = {"last_name": "Durand", "email": chloe}
    placed = trade.place({sku: 2}, store=shop.code, customer=customer).json()
    assert minute(placed["promised_at"]) == "Fri 08 Jun 12:00"
    confirmed = vendors.wait_for(chloe, "bien reçue")["text"]
    assert "d’ici vendredi 8 juin, 12 h" in words(confirmed)
    asked = vendors.wait_for(chloe, f"une partie est à {shop.name}")["text"]
    browser, page = open_browser(trade), page_in(asked)
    browser.send(f"{page}/partly", on=page, answer="wait")
    assert "Nous préparons tout ensemble, comme vous l’avez demandé" in browser.read(page)

    parcel = placed["fulfillment_id"]
    assert look(trade, shop, parcel)["status"] == "in_transfer"
    refused = trade.post(f"/fulfillments/{parcel}/ready", {"bin": "A1"}, key=shop.key)
    assert (refused.status_code, look(trade, shop, parcel)["status"]) == (409, "in_transfer")
    clock.go_to("2029-06-08 08:15")
    listed = trade.get(f"/stores/{depot.code}/transfers", key=depot.key)["transfers"]
    assert [(each["to_code"], each["quantity"]) for each in listed] == [(shop.code, 1)]
    transfer = f"/transfers/{listed[0]['id']}"
    do(trade, f"{transfer}/send", {"expected_on": "2029-06-08"}, key=depot.key)
    clock.go_to("2029-06-08 11:20")
    do(trade, f"{transfer}/receive", {"items": units(sku, 1)}, key=shop.key)
    eventually(lambda: look(trade, shop, parcel)["status"] == "accepted")
    do(trade, f"/fulfillments/{parcel}/pick", {"items": units(sku, 2)}, key=shop.key)
    do(trade, f"/fulfillments/{parcel}/ready", {"bin": "A1"}, key=shop.key)

    vendors.wait_for(chloe, "C’est prêt")
    ready = look(trade, shop, parcel)
    assert minute(ready["ready_at"]) == "Fri 08 Jun 11:20"
    assert minute(ready["collect_by"]) == "Fri 15 Jun 19:00"
    shown = {"store": shop.code, "qr": trade.show_pass(placed["id"], parcel).qr}
    do(trade, "/hand-overs", {**shown, "ticket_number": "T-41"}, key=shop.key)
    vendors.wait_for(chloe, "retirée")
    clock.settle()
    assert len(vendors.received(chloe)) == 4
    assert trade.place_of_work.broken() == []


def test_two_stores_send_together_unless_that_costs_too_much(
    trade: Trade, vendors: Vendors, clock: Clock
) -> None:
    firm, chloe = open_firm(trade, "Ajonc"), email()
    lyon = firm.open_shop("Lyon", ships=True, latitude=45.77, longitude=4.83)
    far = {"latitude": 48.85, "longitude": 2.37, "opening_hours": "Mo-Sa 10:00-20:00; PH off"}
    paris = firm.open_shop("Paris", ships=True, **far)
    firm.open_way()
    sku = firm.list_article({lyon.id: 10, paris.id: 10})
    rules = ({"filter": "units_left", "units": 1}, {"rank": "distance"})
    limits = {"max_splits": 1, "cost": {"bands": [[450, 790], [None, 990]]}}
    clock.go_to("2029-06-09 17:30")  # Saturday
    asked = {"items": units(sku, 15), "postcode": "33000", "store": lyon.code, "channel": "store"}
    order = {**asked, "pay_by": "till", "delivery_method": "standard", "address": ADDRESS}
    order = {**order, "customer": {"last_name": "Durand", "email": chloe}, "language": "fr"}
    order.pop("postcode")

    firm.set_rules(*rules, limits={**limits, "max_cost_minor": 1_779})
    assert do(trade, "/delivery-options", asked, key=lyon.key)["missing"] == {sku: 6}
    refused = trade.post("/orders/deliveries", order, key=lyon.key)
    assert (refused.status_code, refused.json()["missing"]) == (409, {sku: 6})
    firm.set_rules(*rules, limits={**limits, "max_cost_minor": 1_780})
    (option,) = do(trade, "/delivery-options", asked, key=lyon.key)["options"]
    # Lyon has 89 of 120 minutes left on Saturday, and goes on on Monday; Paris has time enough.
    parcels = {each["store"]: each for each in option["parcels"]}
    assert {
        store: (minute(each["leaves_at"]), each["arrives_from"], each["arrives_by"])
        for store, each in parcels.items()
    } == {
        lyon.code: ("Mon 11 Jun 10:31", "2029-06-13", "2029-06-14"),
        paris.code: ("Sat 09 Jun 19:31", "2029-06-12", "2029-06-13"),
    }
    assert (option["arrives_from"], option["arrives_by"]) == ("2029-06-12", "2029-06-14")

    placed = do(trade, "/orders/deliveries", order, key=lyon.key)
    paid = {"store": lyon.code, "ticket_number": "T-51"}
    assert do(trade, f"/orders/{placed['id']}/till-payment", paid, key=lyon.key)["due_minor"] == 0
    told = words(vendors.wait_for(chloe, "bien reçue")["text"])
    assert "Ajonc Lyon vous l’expédie : livré entre mercredi 13 juin et jeudi 14 juin" in told
    assert "Ajonc Paris vous l’expédie : livré entre mardi 12 juin et mercredi 13 juin" in told
    explained = trade.place_of_work.run("sourcing", "show", placed["number"]).stdout
    assert "Ajonc Lyon sends 9 of 15 (435.5 km away)" in explained
    assert "Ajonc Paris sends 6 of 15 (499 km away)" in explained
    (decision,) = why(trade, firm, placed)
    assert {each["store"]: each["quantities"] for each in decision["sends"]} == {
        lyon.code: {sku: 9},
        paris.code: {sku: 6},
    }
    for store, count in ((paris, 6), (lyon, 9)):
        (mine,) = (each for each in placed["parcels"] if each["store"] == store.code)
        send(trade, store, mine["fulfillment_id"], {sku: count})
    clock.settle()
    shipped = [each for each in vendors.received(chloe) if "est parti" in each["subject"]]
    assert len(shipped) == 2
    assert trade.place_of_work.broken() == []


def test_a_rejected_delivery_goes_on_elsewhere_until_a_person_has_to_see_to_it(
    trade: Trade, vendors: Vendors, clock: Clock
) -> None:
    firm, chloe = open_firm(trade, "Sureau"), email()
    always = {"ships": True, "opening_hours": "24/7"}
    places = {each.code: each for each in (firm.open_shop(town, **always) for town in "AB")}
    firm.open_way()
    sku = firm.list_article({each.id: 5 for each in places.values()})
    begun_at = next(iter(places.values()))
    body = delivery_body({sku: 2}, channel="store", store=begun_at.code, pay_by="till")
    body["customer"] = {"last_name": "Durand", "email": chloe}
    placed = do(trade, "/orders/deliveries", body, key=begun_at.key)
    paid = {"store": begun_at.code, "ticket_number": "T-61"}
    do(trade, f"/orders/{placed['id']}/till-payment", paid, key=begun_at.key)

    asked = []
    for _turn in places:
        parcel = newest(trade, firm, placed)
        (at,) = (each for each in places.values() if str(each.id) == parcel["location_id"])
        do(trade, f"/fulfillments/{parcel['id']}/reject", {"reason": "no_time"}, key=at.key)
        asked.append(at.code)
        clock.settle()

    assert sorted(asked) == sorted(places)
    assert [each["sends"][0]["store"] for each in why(trade, firm, placed)] == asked
    cases = trade.get("/cases", key=firm.head_office(), kind="sourcing")["cases"]
    (case,) = (each for each in cases if each["order_id"] == placed["id"])
    assert case["fulfillment_id"] == newest(trade, firm, placed)["id"]
    assert trade.place_of_work.broken() == []


def units(sku: str, quantity: int) -> list[dict[str, Any]]:
    """Return so many of one article, as bodies list them."""
    return [{"sku": sku, "quantity": quantity}]


def look(trade: Trade, place: Place, parcel: str) -> dict[str, Any]:
    """Return a parcel as its place sees it."""
    return dict(trade.get(f"/fulfillments/{parcel}", key=place.key))


def why(trade: Trade, firm: Firm, placed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what was decided for an order, as head office is told."""
    return list(trade.get(f"/orders/{placed['id']}/sourcing", key=firm.head_office())["decisions"])


def newest(trade: Trade, firm: Firm, placed: dict[str, Any]) -> dict[str, Any]:
    """Return the parcel of an order that was opened last."""
    order = trade.get(f"/orders/{placed['id']}", key=firm.head_office())
    return dict(max(order["fulfillments"], key=lambda each: str(each["id"])))


def send(trade: Trade, place: Place, parcel: str, quantities: dict[str, int]) -> None:
    """A place takes on, picks, packs and ships a parcel."""
    items = [{"sku": sku, "quantity": quantity} for sku, quantity in quantities.items()]
    for act, body in (
        ("accept", {}),
        ("pick", {"items": items}),
        ("pack", {"packages": [{"items": items}]}),
        ("ship", {}),
    ):
        do(trade, f"/fulfillments/{parcel}/{act}", body, key=place.key)
