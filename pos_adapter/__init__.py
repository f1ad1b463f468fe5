"""Tills of any make: the language of terminals in, our use cases out. Opens with the till contract."""
