"""An invented city on the real places of Huangshan: records of all 40 registers, the same in every run.

The places, their names and codes are real; every person, organization, number and date is invented and
says so: names end in （例）, telephone numbers begin with 154, which no operator assigns, and identity
numbers have the region 341099, which does not exist.
"""

from city.site import Made
from city.whole import City

__all__ = ["City", "Made"]
