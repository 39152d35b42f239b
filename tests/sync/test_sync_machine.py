"""Random days of three desks and a server."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sync_machine import SyncMachine

_CALM = tuple(HealthCheck)


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        SyncMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=_CALM,
            derandomize=True,
            database=None,
        ),
    )


def test_in_any_order_of_events_all_desks_end_equal_and_nothing_typed_is_lost() -> None:
    run(examples=40, steps=30)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_in_ten_thousand_orders_of_events_all_desks_end_equal() -> None:
    run(examples=10_000, steps=30)
