"""The shared kernel: what every package stands on, and nothing that knows the trade.

Transactions, clock, ids, money, refusals, actors, the event table with its deliveries,
idempotency, attempts, settings, QR pictures and the declaration of routes. Imports nobody of ours.
"""
