"""The back office: orders with their whole story, stock with its why, stores, people, messages."""
