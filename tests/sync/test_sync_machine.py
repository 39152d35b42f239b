"""Random days of three desks and a server, after every trace that ever failed.

`dev.py test` runs 1,000 days of 30 steps, the same each time, in two halves for two cores; with `--long`
10,000 more that are new in every run. `HSDESK_MACHINE_DAYS=200000 dev.py test --long
tests/sync/test_sync_machine.py` runs as many as it says (about eight hours for 200,000). A day that goes
wrong is printed as the body of a trace; it is not made shorter, which would take minutes.
"""

from __future__ import annotations

import os
import secrets

import pytest
from sync_machine import SyncMachine, run_machine
from sync_traces import TRACES, Trace

BATCH = 1000  # days
HALF = 500


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.__name__)
def test_a_day_that_once_went_wrong_ends_well(trace: Trace) -> None:
    trace(SyncMachine())


@pytest.mark.timeout(1200)
def test_in_any_order_of_events_no_screen_goes_back_and_nothing_typed_is_lost() -> None:
    run_machine(HALF, 1)


@pytest.mark.timeout(1200)
def test_in_any_other_order_of_events_no_screen_goes_back_and_nothing_typed_is_lost() -> None:
    run_machine(HALF, 2)


@pytest.mark.long
@pytest.mark.timeout(0)
def test_in_ten_thousand_orders_of_events_all_desks_end_equal() -> None:
    days, seed = int(os.environ.get("HSDESK_MACHINE_DAYS", "10000")), secrets.randbits(32)
    print(f"{days} days from seed {seed}")
    for begun in range(0, days, BATCH):  # a run remembers all its days: 150 kB each
        run_machine(min(BATCH, days - begun), seed + begun)
