"""Where a French postcode or town is, whatever way it is typed."""

import pytest

from stores.errors import UnknownPlace
from stores.queries import find_place, get_place
from stores.queries.places import PLACES

pytestmark = pytest.mark.skipif(
    not PLACES.exists(), reason="the places of France could not be installed: no registry"
)


@pytest.mark.parametrize(
    ("typed", "label", "latitude", "longitude"),
    [
        ("69004", "69004 Lyon 4e Arrondissement", 45.77, 4.83),
        ("69 004 Lyon", "69004 Lyon 4e Arrondissement", 45.77, 4.83),
        ("LYON 4ème", "Lyon 4e Arrondissement", 45.77, 4.83),
        ("paris 11e arrondissement", "Paris 11e Arrondissement", 48.86, 2.38),
        ("Paris", "Paris", 48.85, 2.35),
        ("75000", "75000 Paris", 48.85, 2.35),
        ("st etienne", "Saint-Étienne", 45.43, 4.39),
        ("SAINT-ETIENNE", "Saint-Étienne", 45.43, 4.39),
        ("l isle d abeau", "L'Isle-d'Abeau", 45.62, 5.23),
        ("Vilefranche sur saone", "Villefranche-sur-Saône", 45.98, 4.72),
        ("Saint-Denis", "Saint-Denis", 48.94, 2.36),
        ("Saint-Denis 974", "Saint-Denis", -20.88, 55.45),
        ("97400", "97400 Saint-Denis", -20.88, 55.45),
        ("20090", "20090 Ajaccio", 41.92, 8.74),
        ("Bastia 2B", "Bastia", 42.70, 9.45),
        ("20200 Bastia", "20200 Bastia", 42.70, 9.45),
        ("69431 Lyon Cedex 03", "Lyon", 45.75, 4.85),
        ("42740", "42740 Saint-Paul-en-Jarez", 45.48, 4.57),
    ],
)
def test_a_place_is_found_as_it_is_typed(
    typed: str, label: str, latitude: float, longitude: float
) -> None:
    place = get_place(typed)
    assert place.label == label
    assert place.latitude == pytest.approx(latitude, abs=0.04)
    assert place.longitude == pytest.approx(longitude, abs=0.04)


def test_a_small_commune_stands_where_the_others_of_its_postcode_do() -> None:
    small, known = get_place("Doizieux"), get_place("Saint-Paul-en-Jarez")
    assert (small.exact, known.exact) == (False, True)
    assert (small.latitude, small.longitude) == (known.latitude, known.longitude)


def test_every_departement_is_known() -> None:
    metropolitan = [f"{number:02}000" for number in range(1, 96) if number != 20]
    overseas = ["97100", "97200", "97300", "97400", "97600", "20000", "20200"]
    assert [code for code in (*metropolitan, *overseas) if find_place(code) is None] == []


@pytest.mark.parametrize(
    "typed", ["", "   ", "99999", "00000", "Xyzzyville", "1", "\u200b", "x" * 500]
)
def test_a_place_nobody_knows_is_refused(typed: str) -> None:
    assert find_place(typed) is None
    with pytest.raises(UnknownPlace):
        get_place(typed)
