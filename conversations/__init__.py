"""What people and we say to each other: threads, how soon they are answered, and by whom.

Beside `customers` the only package that keeps somebody's own words.
"""
