"""Pages of the people in the store: the tablet."""
