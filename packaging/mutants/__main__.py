"""Plant changes in copies of the tree and fail when the tests do not notice one.

python3 packaging/dev.py mutants                all of them
python3 packaging/dev.py mutants --sample 6     a few of each section; others with every commit
python3 packaging/dev.py mutants privacy redirect   those that hold a word in name, promise or file
python3 packaging/dev.py mutants --list         print them
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from pathlib import Path

from devtools.environment import cores

from mutants.changes import chosen, read_changes, sample
from mutants.run import NotGreen, trials
from mutants.trial import Trial

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Try the changes asked for; exit code 1 when one was not caught by a test that failed."""
    parser = argparse.ArgumentParser(prog="dev.py mutants")
    parser.add_argument("--sample", type=int, metavar="N", help="only so many, of each section in turn")
    parser.add_argument("--list", action="store_true", help="print them and do nothing")
    parser.add_argument("words", nargs="*", metavar="WORD", help="only those with one of these words")
    options = parser.parse_args()
    changes = chosen(read_changes(), options.words)
    if options.sample is not None:
        changes = sample(changes, options.sample, commit())
    if options.list:
        for change in changes:
            print(f"{change.promise}: {change.name} ({change.file})")
        return 0
    if not changes:
        parser.error("no change is called so")
    started = time.monotonic()
    try:
        tried = trials(changes, ROOT, cores(), say)
    except NotGreen as trouble:
        print(f"these tests do not pass while nothing is changed:\n{trouble}")
        return 1
    return summed_up(tried, time.monotonic() - started)


def say(trial: Trial) -> None:
    """Print one line on what became of a change, at once."""
    told = f"{trial.verdict}: {trial.change.name} — {trial.told} ({trial.seconds:.0f} s)"
    print(f"{trial.change.promise} {told}", flush=True)


def summed_up(tried: list[Trial], seconds: float) -> int:
    """Print what was not caught, and the count; return the exit code."""
    missed = [trial for trial in tried if trial.verdict != "caught"]
    print(f"{len(tried) - len(missed)} of {len(tried)} planted changes were caught ({seconds:.0f} s)")
    for trial in missed:
        print(f"  {trial.verdict}: {trial.change.name} — {trial.told}")
    return 1 if missed else 0


def commit() -> str:
    """Return the commit that is checked out, "" outside a repository: it chooses the sample."""
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, env=os.environ, check=False
    )
    return done.stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main())
