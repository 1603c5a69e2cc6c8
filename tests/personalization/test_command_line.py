"""What surrounds Django's own commands: no traceback where somebody has seen enough."""

import os
import subprocess
import sys

from personalization.environment import BASE_DIR

NO_DATABASE = {"SECRET_KEY": "x", "ENV_FILE": os.devnull, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}


def test_who_reads_no_further_ends_the_command_without_a_word() -> None:
    command = [sys.executable, str(BASE_DIR / "manage.py"), "diffsettings", "--all"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, env=os.environ | NO_DATABASE, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
