"""Whatever breaks in the middle of a mailing: nobody is left out, and nobody gets it twice but what was in flight.

The small form of ``make bench-faults``: every case, a few hundred letters, counted at the receiver.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def trials() -> dict[str, dict[str, Any]]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "bench.faults", "--small"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.stdout, f"the trials did not come to their end:\n{done.stderr[-3000:]}"
    return dict(json.loads(done.stdout.splitlines()[-1])["trials"])


def test_every_case_was_tried_in_the_middle(trials: dict[str, dict[str, Any]]) -> None:
    assert len(trials) == 17
    for name, trial in trials.items():
        assert 0 < trial["sent_before"] < trial["letters"], name


def test_nothing_is_lost(trials: dict[str, dict[str, Any]]) -> None:
    assert {name: trial["lost"] for name, trial in trials.items() if trial["lost"] or not trial["finished"]} == {}


def test_nothing_is_doubled_but_what_was_in_flight_and_that_under_its_message_id(
    trials: dict[str, dict[str, Any]],
) -> None:
    for name, trial in trials.items():
        assert trial["doubled"] <= trial["may_double"], name
        assert trial["other_message_id"] == 0, name
