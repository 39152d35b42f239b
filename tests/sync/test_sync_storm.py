"""Laptops behind a proxy that resets, truncates and loses answers."""

from __future__ import annotations

from bench.storm import storm


def test_every_op_arrives_once_through_a_proxy_that_fails() -> None:
    arrived, gap_free, _seconds, faults = storm(laptops=12, ops=1200)
    assert (arrived, gap_free) == (12 * 1200, True)
    assert faults > 0
