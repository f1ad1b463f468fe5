"""Another shop sells what a store has: it asks who has it, brings the paid order, and follows it.

    python3 shop_integration.py http://localhost:8000 cmp_... CARNET-ROUGE

A real shop keeps `next` beside its orders and goes on from there after a restart.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from typing import Any

URL, KEY, SKU = sys.argv[1:4]
NUMBER = f"WEB-{time.time_ns() // 1_000_000}"  # this shop's own; brought again it is the same order
LINE = {"sku": SKU, "quantity": 2, "unit_price_minor": 1000, "discount_minor": 150}
TOTAL_MINOR = 1850  # what its customer paid, tax included
CUSTOMER = {"first_name": "Ada", "last_name": "Martin", "email": f"{NUMBER.lower()}@example.org"}
OVER = {"fulfillment.ready.v1", "fulfillment.cancelled.v1"}


def call(method: str, path: str, body: Any = None) -> Any:
    """Return what Comptoir answers; a refusal ends this with its sentence."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    headers |= {"Idempotency-Key": NUMBER}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"{URL}/api/v1{path}", data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        sys.exit(f"{path}: {refused.read().decode()}")


basket = {"items": [{"sku": SKU, "quantity": 2}], "near": {"latitude": 45.76, "longitude": 4.83}}
offers = call("POST", "/availability", basket)["stores"]
whole = [each for each in offers if each["coverage"] == "full"]
if not whole:
    sys.exit(f"Nobody around has 2 of {SKU}.")
print(f"{whole[0]['name']} has it, ready {whole[0]['ready_at']}.")

after = call("GET", "/orders/changes/start")["next"]
order = {"number": NUMBER, "store": whole[0]["store"], "customer": CUSTOMER, "lines": [LINE]}
paid = {"total_minor": TOTAL_MINOR, "payment": {"reference": f"pay-{NUMBER}"}}
brought = call("POST", "/orders/brought", {**order, **paid})
print(f"{NUMBER} is {brought['order']['number']} there, {brought['order']['status']}.", flush=True)

said: set[str] = set()
while not said & OVER:
    page = call("GET", f"/orders/changes?after={after}")
    for change in page["changes"]:
        if change["external_number"] == NUMBER:
            said.add(change["type"])
            print(change["at"], change["type"], change["facts"], flush=True)
    after = page["next"]
    time.sleep(1)
