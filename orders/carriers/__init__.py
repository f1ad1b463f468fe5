"""Carriers: who takes packages to a door. One small contract, and what keeps it.

A carrier here is pure: it reads nothing and calls nobody, so that packing stays one transaction.
One that gives its numbers over a network has them asked for before, and given to `pack`.
"""

from orders.carriers.contract import Carrier, Label, Shipment, Site, find_carrier, list_carriers

__all__ = ["Carrier", "Label", "Shipment", "Site", "find_carrier", "list_carriers"]
