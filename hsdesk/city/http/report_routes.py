"""The routes of reports: figures over the register tables, within what the caller may read."""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from hsdesk.city.http.openapi import Operation
from hsdesk.city.http.requests import answer, caller
from hsdesk.city.ledger.granted import GrantedRegisters
from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.people.permission import Reach
from hsdesk.city.people.staff import place_of
from hsdesk.city.running.service import Service
from hsdesk.errors import DataError, Refused, UsageError
from hsdesk.model.asked_day import AskedDay, asked_day
from hsdesk.model.place import LEVELS, Directory, Place
from hsdesk.reports.indicator_values import evaluate_all
from hsdesk.reports.indicators import IndicatorValue


def _indicators(service: Service, request: Request, body: bytes) -> Response:
    reach = caller(service, request).reach
    level, asked = _level(request), _day(request)
    units = _units(reach, request.query_params.get("place", ""))
    found: list[IndicatorValue] = []
    with service.database.reading() as connection:
        service.ledger.shapes.current(connection)
        forms = {name: register.form for name, register in service.ledger.shapes.registers.items()}
        chosen = service.ledger.published.current(connection).settings
        registers = GrantedRegisters(CityRegisters(connection, forms, reach.places, chosen), reach)
        for unit in units:
            found += evaluate_all(registers, unit, asked, level)
    return answer(found)


def _level(request: Request) -> str:
    level = request.query_params.get("level", "")
    if level and level not in LEVELS:
        raise DataError("没有“{level}”这一级，应为 village、township、county 或 city。", level=level)
    return level


def _day(request: Request) -> AskedDay:
    today = datetime.now().astimezone().date()
    try:
        return asked_day(today, *(request.query_params.get(name) or None for name in ("as_of", "period")))
    except UsageError as error:
        raise DataError("{reason}", reason=error) from error


def _units(reach: Reach, wanted: str) -> tuple[Place, ...]:
    """Return the place asked for, else every place of the caller's rules that is not below another.

    Raises Refused for a place that he may not read, DataError for one that there is not.
    """
    directory = reach.places
    if wanted:
        place = directory.by_id(place_of(wanted, directory))
        if not reach.may("read", place.id):
            raise Refused("没有查看这份数据的权限。如工作需要，请向上级申请。")
        return (place,)
    own = dict.fromkeys(rule.place for rule in reach.rules if reach.may("read", rule.place))
    known = (directory.get(place) for place in own)
    return tuple(place for place in known if place and not _is_below(place, own, directory))


def _is_below(place: Place, others: dict[str, None], directory: Directory) -> bool:
    return any(above.id in others for above in directory.ancestors(place.id))


REPORTS: tuple[Operation, ...] = (
    Operation(
        "GET",
        "/indicators",
        _indicators,
        "The indicators of the caller's places; a figure of what is not granted is null.",
        answer=list[IndicatorValue],
        query=("place", "level", "as_of", "period"),
    ),
)
