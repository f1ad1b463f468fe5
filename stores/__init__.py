"""Brands and their locations: where, when open, what they offer and promise, who works there."""
