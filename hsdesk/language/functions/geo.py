"""Places on the earth: area distance geofence. A point is "latitude longitude [altitude accuracy]"."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hsdesk.language.ast import Call
from hsdesk.language.functions.spec import FunctionSpec, simple
from hsdesk.language.functions.texts import texts_of
from hsdesk.language.problem import ExpressionError
from hsdesk.language.values import NAN, plain_number

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure
    from hsdesk.language.tree import Node

_RADIUS = 6_378_100.0  # metres, as JavaRosa and the web engines take it
Point = tuple[float, float]  # latitude, longitude in degrees


def _points(texts: list[str]) -> list[Point] | None:
    """Read traces ("point;point;…") or one point per text; None when any of it is no point."""
    found: list[Point] = []
    for text in texts:
        for piece in text.strip().strip(";").split(";"):
            numbers = [plain_number(part) for part in piece.split()]
            if not _is_point(numbers):
                return None
            found.append((numbers[0], numbers[1]))
    return found


def _is_point(numbers: list[float]) -> bool:
    if not 2 <= len(numbers) <= 4 or any(map(math.isnan, numbers)):
        return False
    return abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180


def _distance(points: list[Point]) -> float:
    return sum(_between(a, b) for a, b in pairwise(points))


def _between(a: Point, b: Point) -> float:
    lat1, lon1, lat2, lon2 = map(math.radians, (*a, *b))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * _RADIUS * math.asin(math.sqrt(min(1.0, half)))


def _area(points: list[Point]) -> float:
    """The area enclosed on the sphere (Chamberlain and Duquette, 2007), in square metres."""
    if len(points) < 3:
        return 0.0
    total = 0.0
    for (lat1, lon1), (lat2, lon2) in zip(points, [*points[1:], points[0]], strict=True):
        total += math.radians(lon2 - lon1) * (2 + math.sin(math.radians(lat1)) + math.sin(math.radians(lat2)))
    return abs(total * _RADIUS * _RADIUS / 2)


def _measure(function: Any) -> Any:
    def build(builder: Builder, call: Call) -> Closure:
        parts = [builder.value(each) for each in call.arguments]

        def measure(node: Node, env: Context) -> float:
            points = _points([text for part in parts for text in texts_of(part(node, env))])
            return NAN if points is None else round(function(points), 2)

        return measure

    return build


def _geofence(point: str, fence: str) -> bool:
    """Whether the point lies inside the fence, a closed trace."""
    here, corners = _points([point]), _points([fence])
    if here is None or corners is None or len(here) != 1:
        raise ExpressionError("geofence() 要一个点和一圈首尾相接的点。")
    lat, lon = here[0]
    inside = False
    for (lat1, lon1), (lat2, lon2) in pairwise(corners):
        if (lat1 > lat) != (lat2 > lat) and lon < (lon2 - lon1) * (lat - lat1) / (lat2 - lat1) + lon1:
            inside = not inside
    return inside


GEO = (
    FunctionSpec("area", 1, None, "number", _measure(_area)),
    FunctionSpec("enclosed-area", 1, None, "number", _measure(_area)),
    FunctionSpec("distance", 1, None, "number", _measure(_distance)),
    simple("geofence", "tt", "truth", _geofence, fails=True),
)
