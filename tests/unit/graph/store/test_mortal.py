"""What is started as mortal ends with whoever started it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from graph.store.mortal import mortal

ROOT = Path(__file__).parents[4]
OWNER = """
import subprocess, sys
from graph.store.mortal import mortal
child = subprocess.Popen(mortal([sys.executable, "-c", "import time; time.sleep(600)"]))
print(child.pid, flush=True)
child.wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills with the parent")
def test_it_is_killed_with_its_owner() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        child = psutil.Process(int(owner.stdout.readline()))
        while "-S" in child.cmdline():  # it has not become the command yet
            pass
        assert child.is_running()
        owner.kill()
        child.wait(60)  # raises TimeoutExpired


def test_the_command_has_its_own_output_and_status() -> None:
    command = [sys.executable, "-c", "print('said'); raise SystemExit(3)"]
    done = subprocess.run(mortal(command), check=False, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("said\n", 3)
