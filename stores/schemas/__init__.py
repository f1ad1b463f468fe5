"""Stores in JSON, a module per part of the trade."""
