"""Money taken and given back. Knows the references of others, never their orders."""
