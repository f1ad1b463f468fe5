"""Pages of the shopper."""
