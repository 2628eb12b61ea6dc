import pytest

from connections.models import Workspace
from youtube.tests.incremental_cost import measure
from youtube.tests.invariants import check_synced
from youtube.tests.sandbox_control import SandboxControl
from youtube.tests.stocked import connect_stocked


@pytest.mark.parametrize("size", ["threads:10000"])
def test_a_hundred_new_comments_cost_five_units_however_many_are_stored(
    vendor: SandboxControl, workspace: Workspace
) -> None:
    """`python -m pytest -s` shows the figures; `benchmarks/incremental_cost.py` measures a channel of any size."""
    connection = connect_stocked(vendor, workspace)

    plain, short_pages, long_threads, nothing = costs = measure(vendor, connection)
    print(*costs, sep="\n")  # noqa: T201

    assert plain.stored > 10_000
    assert plain.units <= 5
    assert short_pages.units <= 2 + 8
    assert long_threads.units <= 5 + 10
    assert nothing.units <= 3
    for cost in costs:
        assert cost.found == cost.new
        assert cost.requests == cost.units
    check_synced(vendor, connection)
