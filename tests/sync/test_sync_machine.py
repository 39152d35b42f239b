"""Random days of three desks and a server, after every trace that ever failed.

`dev.py test` runs 1,000 days of 30 steps, the same each time, in two halves for two cores; with `--long`
10,000 more that are new in every run. `HSDESK_MACHINE_DAYS=200000 dev.py test --long
tests/sync/test_sync_machine.py` runs as many as it says (about eight hours for 200,000). A day that goes
wrong is printed as the body of a trace, with all steps left out that it goes wrong without.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from contextlib import closing

import pytest
import sync_fingerprint
from sync_machine import SyncMachine, run_machine
from sync_traces import TRACES, Trace

HALF = 500


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.__name__)
def test_a_day_that_once_went_wrong_ends_well(trace: Trace) -> None:
    with closing(SyncMachine()) as state:
        trace(state)


def test_a_day_is_the_same_for_its_seed_in_every_run_of_the_program() -> None:
    """Else a machine finds by luck what nobody can run again."""
    days = ("1/0", "1/1", "1/2")
    told = subprocess.run(
        [sys.executable, sync_fingerprint.__file__, *days],
        env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == sync_fingerprint.fingerprint(*days)


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
    run_machine(days, seed)
