"""Write an invented city as JSON lines, one file per register, to be taken by `hsdesk add`.

    python packaging/make_city.py --size 0.01 --out FOLDER [--seed 1] [--place CODE …]

`--size 1` is the whole city: 764 villages, 0.8 million records. Places are real, everything else is invented
and says so. Equal arguments write equal files. With one village, for example:

    python packaging/make_city.py --place 341021101204 --out city
    for file in city/*.jsonl; do
        name=$(basename "$file" .jsonl); hsdesk add "${name#*_}" "$file"
    done
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from city import City
from city.lines import write


def main() -> int:
    parser = argparse.ArgumentParser(prog="make_city.py", description="Write an invented city as JSON lines.")
    parser.add_argument(
        "--size", type=float, default=0.01, help="share of 0.8 million records (default 0.01)"
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed is another city")
    parser.add_argument("--place", action="append", default=[], metavar="CODE", help="only these villages")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    options = parser.parse_args()
    city = City(options.size, options.seed, places=options.place)
    counts = write(city, options.out)
    print(json.dumps({"records": sum(counts.values()), "villages": len(city.villages), "registers": counts}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
