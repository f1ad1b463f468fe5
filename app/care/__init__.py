"""Helping oneself: answers that know my order, an assistant that says it is one, and scores."""
