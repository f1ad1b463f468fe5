"""Stock per SKU and location, its reservations and its ledger. The only writer of stock."""
