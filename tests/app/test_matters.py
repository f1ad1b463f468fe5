"""What the office says can be dealt with on a channel is what tests do there."""

from itertools import product

from app.matters import DEALT_WITH, HANDED_OVER, ON, PROOFS, Matter, Standing, read_cells
from tools.matters import find_proofs, write_proofs


def test_s20_each_cell_that_is_dealt_with_has_a_scenario_that_does_it() -> None:
    known = {f"{matter}/{channel}" for matter, channel in product(Matter, ON)}
    assert PROOFS.read_text() == write_proofs(), "run python -m tools.matters"
    assert find_proofs().keys() <= known
    cells = [cell for _matter, row in read_cells() for cell in row]
    assert len(cells) == len(known)
    assert [cell for cell in cells if cell.standing is Standing.CLAIMED] == []
    proven = {(cell.matter, cell.channel) for cell in cells if cell.proofs}
    assert proven == {(matter, on) for matter in Matter for on in DEALT_WITH[matter]}


def test_s20_a_matter_is_handed_over_to_where_it_is_dealt_with() -> None:
    lost = [
        (matter, channel, to)
        for matter, ways in HANDED_OVER.items()
        for channel, to in ways.items()
        if to not in DEALT_WITH[matter] or channel in DEALT_WITH[matter]
    ]
    assert lost == []
