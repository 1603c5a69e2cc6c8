"""What surrounds every command."""

import subprocess
import sys

from personalization.environment import BASE_DIR


def test_who_reads_only_the_beginning_sees_no_traceback() -> None:
    command = [sys.executable, "manage.py", "help"]
    with subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""
