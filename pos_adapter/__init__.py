"""Tills of any make: signed requests and receipts in, the use cases of orders and stock out."""
