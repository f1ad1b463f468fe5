"""Tills of any make: the language of terminals in, our use cases out. Not open yet."""
