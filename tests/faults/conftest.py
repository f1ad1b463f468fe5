"""An installation for each fault: what is broken here is nobody else's."""

from collections.abc import Iterator

import pytest

from app.embedded import Cluster
from tests.support.installation import Installation, installation


@pytest.fixture
def house(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The database and the small retailer; each test starts the programs it needs."""
    with installation(cluster, tmp_path_factory.mktemp("fault")) as made:
        yield made
