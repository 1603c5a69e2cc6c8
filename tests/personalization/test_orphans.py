"""Programs that give way to calls."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from personalization.environment import BASE_DIR

GROUP = Path("/proc/self/autogroup")
TELLING = "import os, pathlib; print(os.nice(0), *pathlib.Path('/proc/self/autogroup').read_text().split()[1:])"


@pytest.mark.skipif(not GROUP.exists() or os.nice(0) != 0, reason="no groups of sessions here")
def test_it_gives_way_to_other_sessions_too(tmp_path: Path) -> None:
    (tmp_path / "telling.py").write_text(TELLING)
    command = [sys.executable, "-m", "personalization.orphans", str(os.getpid()), "7", "telling"]
    environment = os.environ | {"PYTHONPATH": f"{BASE_DIR}:{tmp_path}"}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, start_new_session=True)
    assert told.stdout.split() == ["7", "nice", "7"]
