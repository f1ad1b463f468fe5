"""Private PostgreSQL and Redis servers: started where the environment names none, gone after."""

from app.embedded.children import EmbeddedError
from app.embedded.ownership import Addresses, are_listening, servers, tell
from app.embedded.places import find_postgres, find_redis
from app.embedded.postgres import Cluster, private_postgres
from app.embedded.redis import private_redis

__all__ = [
    "Addresses",
    "Cluster",
    "EmbeddedError",
    "are_listening",
    "find_postgres",
    "find_redis",
    "private_postgres",
    "private_redis",
    "servers",
    "tell",
]
