"""The routes do what their checked-in description says, whatever is sent to them, by whomever."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, Literal

import pytest
import schemathesis
from city_client import account, logged_in
from filled_city import DIRECTORY, VILLAGE, filled_city
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from hsdesk.city.http.app import make_app
from hsdesk.city.http.openapi import PACKED
from hsdesk.city.people.permission import Rule, tops
from hsdesk.city.running.service import Service
from hsdesk.model.resource import resource_dir
from hsdesk.wire import codec
from hsdesk.wire.messages import Pull, Push

Who = Literal["nobody", "device", "official"]
MESSAGES = [codec.pack_pull(Pull("", 1, 0, b"", b"", ())), codec.pack_push(Push("d", 1, "", ()))]
schemathesis.openapi.media_type(
    PACKED, st.one_of(st.sampled_from(MESSAGES), st.binary(), st.binary().map(zlib.compress))
)
DESCRIBED = schemathesis.openapi.from_path(str(resource_dir() / "openapi.json"))
OPERATIONS: list[Any] = [found.ok() for found in DESCRIBED.get_all_operations()]
load_all_checks()
KEPT = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with filled_city(tmp_path_factory.mktemp("city")) as opened:
        yield opened


def headers(service: Service, who: Who) -> dict[str, str]:
    """Log in afresh: some of what is tried ends a login."""
    if who == "nobody":
        return {}
    if who == "device":
        return {"Authorization": f"Bearer {logged_in(service, 'village', Rule(VILLAGE))[0]}"}
    return {"Authorization": f"Bearer {account(service, '市局', 'city', Rule(*tops(DIRECTORY)))}"}


def try_out(service: Service, operation: Any, mode: GenerationMode, who: Who, examples: int) -> None:
    if mode == GenerationMode.NEGATIVE and not operation.body and not any(operation.iter_parameters()):
        pytest.skip("nothing can be sent wrongly")
    app, said = make_app(service), headers(service, who)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode))
    def ask(case: Any) -> None:
        response = case.call(app=app, headers=said)
        case.validate_response(response, checks=KEPT)
        if who == "nobody" and operation.definition.raw.get("security"):
            assert response.status_code >= 400

    ask()


MODES = pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
WHO = pytest.mark.parametrize("who", ["nobody", "device", "official"])
EACH = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)


@MODES
@WHO
@EACH
def test_a_route_answers_as_described(
    service: Service, operation: Any, mode: GenerationMode, who: Who
) -> None:
    try_out(service, operation, mode, who, examples=3)


@pytest.mark.long
@MODES
@WHO
@EACH
def test_a_route_answers_as_described_many_times(
    service: Service, operation: Any, mode: GenerationMode, who: Who
) -> None:
    try_out(service, operation, mode, who, examples=100)
