"""Make resources/places.csv, the directory of places (区划), from three official lists as CSV.

    python packaging/make_places.py FOLDER

FOLDER holds divisions_county.csv, divisions_township.csv and divisions_village.csv. Identifiers are made
from the codes (UUIDv5), so that running it twice gives the same file.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from hsdesk.model.place import PLACE_COLUMNS, place_id, stem

CITY = ("341000", "黄山市")
OUT = Path(__file__).parents[1] / "resources" / "places.csv"
TOWNSHIP_KINDS = {"街道": "subdistrict", "镇": "town", "乡": "rural_township", "类似乡级单位": "quasi"}


def read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def row(code: str, name: str, level: str, kind: str, parent: str, **more: str) -> dict[str, str]:
    return {
        "id": place_id(code),
        "code": code,
        "name": name,
        "level": level,
        "kind": kind,
        "parent": place_id(parent) if parent else "",
        **more,
    }


def former_name(name: str, source: str) -> str:
    """Return the name of 2016 where it truly differs, not only in its ending 村委会 or 居委会."""
    found = re.search(r"异名\((.+)\)$", source)
    if not found:
        return ""
    former = re.sub(r"^（.*?）", "", found[1])
    return former if stem(former) != stem(name) else ""


def places(folder: Path) -> Iterator[dict[str, str]]:
    yield row(*CITY, "city", "city", "")
    for county in read(folder / "divisions_county.csv"):
        yield row(county["code6"], county["name"], "county", "county", CITY[0])
    for township in read(folder / "divisions_township.csv"):
        kind = TOWNSHIP_KINDS[township["kind"]] if township["is_real_township"] == "1" else "quasi"
        yield row(township["code9"], township["name"], "township", kind, township["county_code"])
    for village in read(folder / "divisions_village.csv"):
        yield row(
            village["code12"],
            village["name"],
            "village",
            village["kind"],
            village["township_code"],
            urban_rural=village["urban_rural_class_2016"],
            was=former_name(village["name"], village["class_source"]),
        )


def main(folder: str) -> None:
    rows = list(places(Path(folder)))
    with OUT.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, PLACE_COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{OUT}: {len(rows)}")


if __name__ == "__main__":
    main(sys.argv[1])
