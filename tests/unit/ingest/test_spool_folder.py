"""What a loader keeps on disk while it runs is gone afterwards, even if it was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from ingest.spool import SpoolFolder

_LOADER = """
import sys, time
from pathlib import Path
from ingest.spool import SpoolFolder
with SpoolFolder(Path(sys.argv[1])) as folder:
    (folder / "Merchant.spool").write_text("personal")
    print(folder, flush=True)
    time.sleep(60)
"""


def test_a_killed_loader_leaves_nothing_to_the_next(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", _LOADER, str(tmp_path)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as loader:
        assert loader.stdout is not None
        left = Path(loader.stdout.readline().strip())
        with SpoolFolder(tmp_path):
            assert (left / "Merchant.spool").exists(), "it still runs"
        loader.send_signal(signal.SIGKILL)
        loader.wait()
    assert left.exists(), "the killed one could not clean up: otherwise this tests nothing"
    with SpoolFolder(tmp_path) as mine:
        assert not left.exists()
        assert mine.exists()
    assert list(tmp_path.iterdir()) == []
