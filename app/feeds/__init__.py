"""What stores have, as other places list it."""
