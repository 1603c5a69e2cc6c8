"""The first of the two commands, as a newcomer meets it: real copies, real servers, real accidents."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from personalization import embedded_postgres
from personalization.free_port import free_port
from tests.checkouts import Checkout, Run, environment, is_listening, kill
from tests.waiting import PATIENCE_S, eventually

pytestmark = pytest.mark.server

PORT = "from django.db import connection as c; print(c.settings_dict['PORT'])"
DATABASE_PORT = ("./manage.py", "shell", "-v0", "-c", PORT)
LONG = "a folder with spaces, 'quotes' and a long name "


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where everybody may pass, as root's PostgreSQL must; pytest's own folders are closed by its next session."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="module")
def fresh(folder: Path) -> Checkout:
    """A copy at an awkward path, in which a first run was cut short while it made the virtual environment."""
    checkout = Checkout.copy(folder / LONG.ljust(150, "x"))
    (checkout.path / ".venv" / "bin").mkdir(parents=True)
    (checkout.path / ".venv" / "unfinished").touch()
    return checkout


@pytest.fixture(scope="module")
def first_run(fresh: Checkout) -> Run:
    """What the first `make run` printed; it is over."""
    with fresh.run() as run:
        run.wait_until_ready()
        run.answer = paste(run)  # type: ignore[attr-defined]
        run.page = log_in(run)  # type: ignore[attr-defined]
    return run


@pytest.fixture
def checkout(fresh: Checkout, first_run: Run) -> Iterator[Checkout]:
    """The copy after its first run; nothing runs before and after a test."""
    assert fresh.processes() == {}
    yield fresh
    assert fresh.processes() == {}


@pytest.fixture
def other(fresh: Checkout, first_run: Run, folder: Path, request: pytest.FixtureRequest) -> Checkout:
    """A second copy, installed, with nothing in it yet."""
    return Checkout.copy(folder / request.node.name, of=fresh.path)


@pytest.fixture(scope="module")
def new_password(fresh: Checkout, first_run: Run) -> str:
    """What `make password` said while nothing ran."""
    assert fresh.processes() == {}
    return fresh.call("make", "password").stdout


@pytest.fixture(scope="module")
def running(fresh: Checkout, new_password: str) -> Iterator[Run]:
    """The copy as it runs from here to the end, for tests that stop nothing for good."""
    with fresh.run() as run:
        yield run.wait_until_ready()
    assert fresh.processes() == {}


@pytest.fixture(scope="module")
def neighbour(fresh: Checkout, running: Run, folder: Path) -> Checkout:
    """A second copy, whose first run was beside the running one; it saw the first one's demo go and come back."""
    copy = Checkout.copy(folder / "neighbour", of=fresh.path)
    (copy.path / ".local").mkdir(0o711)
    for schema in (fresh.path / ".local").glob("vapi-schema-*.json"):  # it takes seconds to write, and is the same here
        shutil.copy(schema, copy.path / ".local")
    with copy.run() as beside:
        copy.heard = [greeting(paste(run)) for run in (running, beside.wait_until_ready())]  # type: ignore[attr-defined]
        assert fresh.call("./manage.py", "remove_demo").returncode == 0
        copy.heard.append(greeting(paste(beside)))  # type: ignore[attr-defined]
        assert fresh.call("./manage.py", "load_demo").returncode == 0
    return copy


def paste(run: Run) -> dict[str, object]:
    """The answer to the printed line in a shell in another folder."""
    done = subprocess.run(
        ["bash", "-c", run.sample_call], cwd="/", env={"PATH": os.environ["PATH"]}, capture_output=True, check=True
    )
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def log_in(run: Run) -> str:
    """The admin's first page, with the name and password that were printed."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    address = f"{run.value('Admin')}login/?next=/admin/"
    form = browser.open(address).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    assert token
    fields = {"csrfmiddlewaretoken": token[1], "username": run.value("User"), "password": run.value("Password")}
    page: str = browser.open(address, urllib.parse.urlencode(fields).encode()).read().decode()
    return page


def greeting(answer: dict[str, object]) -> str:
    return str(answer["assistantOverrides"]["variableValues"]["customerName"])  # type: ignore[index]


def test_the_first_run_says_what_it_does_and_what_comes_next(fresh: Checkout, first_run: Run) -> None:
    words = [line.split(" ")[0] for line in first_run.lines]
    steps = ["Making", "Installing", "Wrote", "Bringing", "Writing", "Loading", "Copying"]
    assert words == [*steps, "Admin:", "User:", "Password:", "Webhook:", "A", "curl"]
    assert first_run.value("Webhook") == f"http://127.0.0.1:{first_run.port}/api/assistant-selector"
    assert str(fresh.path / ".env").replace("'", "'\"'\"'") in first_run.sample_call


def test_the_printed_line_gets_a_personal_answer(first_run: Run) -> None:
    assert greeting(first_run.answer) == "Ada Example"  # type: ignore[attr-defined]


def test_the_printed_password_opens_the_admin(first_run: Run) -> None:
    assert "Log out" in first_run.page  # type: ignore[attr-defined]


def test_secrets_are_for_the_owner_only(fresh: Checkout, first_run: Run) -> None:
    assert (fresh.path / ".env").stat().st_mode & 0o777 == 0o600
    secrets = re.findall(r"=(.+)", (fresh.path / ".env").read_text())
    assert len(secrets) == 2
    assert not any(secret in "\n".join(first_run.lines) for secret in secrets)


@pytest.mark.parametrize("to_group", [True, False], ids=["Ctrl-C", "SIGTERM"])
def test_a_second_run_only_starts_and_stops_with_all_it_started(checkout: Checkout, to_group: bool) -> None:
    before = (checkout.path / ".env").read_bytes()
    with checkout.run() as run:
        run.wait_until_ready()
        assert run.lines[0].startswith("Admin:")
        assert run.value("Password") == "shown on the first run, `make password` sets a new one"
        if to_group:
            os.killpg(run.process.pid, signal.SIGINT)
        else:
            run.process.terminate()
        run.wait_until_ended()
        assert run.lines[-1] == "Stopped."
        assert checkout.processes() == {}
        assert not is_listening(run.port)
    assert (checkout.path / ".env").read_bytes() == before


def test_it_recovers_after_sigkill(checkout: Checkout) -> None:
    port = str(free_port())
    with ExitStack() as runs:
        for victim in ("make run", "manage.py serve", ""):  # which all command lines hold
            run = runs.enter_context(checkout.run(PORT=port))
            assert greeting(paste(run.wait_until_ready())) == "Ada Example"
            for pid, command in checkout.processes().items():
                if victim in command:
                    kill(pid)
            run.process.wait(PATIENCE_S)
            runs.callback(run.process.stdout.close)  # type: ignore[union-attr]
        again = runs.enter_context(checkout.run(PORT=port))
        assert greeting(paste(again.wait_until_ready())) == "Ada Example"
    eventually(lambda: checkout.processes() == {})


def test_a_command_brings_the_database_with_it(checkout: Checkout) -> None:
    assert checkout.call(*DATABASE_PORT).stdout.strip().isdigit()


def test_djangos_server_for_developers_answers_calls_too(checkout: Checkout, first_run: Run) -> None:
    port = free_port()
    call = ["bash", "-c", first_run.sample_call.replace(f":{first_run.port}/", f":{port}/")]
    server = subprocess.Popen(
        [checkout.path / "manage.py", "runserver", str(port)],
        env=environment({}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        eventually(lambda: "Hello Ada Example!" in subprocess.run(call, capture_output=True, text=True).stdout)
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(PATIENCE_S)
        eventually(lambda: checkout.processes() == {})


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PORT": "http"}, "PORT must be a whole number from 1 to 65535, not 'http'"),
        ({"DEBUG": "maybe"}, "DEBUG must be true or false, not 'maybe'"),
        ({"DATABASE_URL": "mysql://u:hidden@127.0.0.1/db"}, "DATABASE_URL must begin with postgres://"),
        (
            {"DATABASE_URL": "postgres://u:hidden@127.0.0.1:9/db", "DATA_DIR": "no-copy-yet"},
            r"PostgreSQL at 127\.0\.0\.1:9 cannot be used: Connection refused",
        ),
        (
            {"DATABASE_URL": "postgres://u:hidden@no.invalid/db", "DATA_DIR": "no-copy-yet"},
            r"PostgreSQL at no\.invalid:5432 cannot be used: ",
        ),
        ({"DATA_DIR": "/proc/none"}, "The folder /proc/none cannot be written.*DATA_DIR"),
        ({"ENV_FILE": "bad.env"}, "bad.env, line 2: must read NAME=value"),
    ],
)
def test_mistakes_end_in_one_sentence(checkout: Checkout, settings: dict[str, str], sentence: str) -> None:
    (checkout.path / "bad.env").write_text("SECRET_KEY=1\nVAPI_WEBHOOK_SECRETS = hidden\n")
    done = checkout.call("./manage.py", "serve", **settings)
    assert re.search(sentence, done.stderr)
    assert done.stderr.count("\n") == 1
    assert (done.returncode, done.stdout) == (1, "")
    assert "hidden" not in done.stderr


def test_a_database_of_ones_own(other: Checkout) -> None:
    with embedded_postgres.throwaway() as url:
        with other.run(DATABASE_URL=url) as run:
            assert greeting(paste(run.wait_until_ready())) != "Ada Example"
            assert "Log out" in log_in(run)
            assert any((other.path / ".local").glob("vapi-schema-*.json"))
            assert not any("postgres -D" in command for command in other.processes().values())
        with other.run(DATABASE_URL=url, DEMO="1") as run:
            assert greeting(paste(run.wait_until_ready())) == "Ada Example"
    assert not (other.path / ".local" / "postgres").exists()


def test_no_network(other: Checkout) -> None:
    (other.path / "requirements.txt").write_text("surely-not-installed==1.0\n")
    with other.run(PIP_NO_INDEX="1") as run:
        assert_fails(run, r"The requirements could not be installed \(No matching distribution.*is there a network\?")


def test_no_python_that_will_do(other: Checkout) -> None:
    (other.path / ".venv").rename(other.path / "gone")
    with other.run(PYTHON="/bin/false") as run:
        assert_fails(run, "No Python 3.11 or newer with venv was found")


def test_commands_without_a_virtual_environment(other: Checkout) -> None:
    (other.path / ".venv").rename(other.path / "gone")
    done = other.call("/usr/bin/env", "python3", "-S", "manage.py", "migrate")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "There is no virtual environment yet" in done.stderr


def test_a_taken_port(fresh: Checkout, running: Run) -> None:
    with fresh.run(PORT=str(running.port)) as second:
        assert_fails(second, f"Port {running.port} is taken by another program.*make run PORT=")


def test_commands_share_the_running_database(fresh: Checkout, running: Run) -> None:
    serving = (fresh.path / ".local" / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[3]
    assert {fresh.call(*DATABASE_PORT).stdout.strip() for _ in range(2)} == {serving.strip()}


def test_a_new_password_for_the_admin(running: Run, new_password: str) -> None:
    name, password = re.fullmatch(r"The password of (\w+) is now: (\S+)\n", new_password).groups()  # type: ignore[union-attr]
    lines = [f"User: {name}", f"Password: {password}", f"Admin: {running.value('Admin')}"]
    assert "Log out" in log_in(replace(running, lines=lines))


def test_two_checkouts_side_by_side(neighbour: Checkout) -> None:
    assert neighbour.heard == ["Ada Example"] * 3  # type: ignore[attr-defined]


def test_who_removes_the_demo_is_rid_of_it(neighbour: Checkout) -> None:
    assert neighbour.processes() == {}
    assert neighbour.call("./manage.py", "remove_demo").returncode == 0
    with neighbour.run() as run:
        assert greeting(paste(run.wait_until_ready())) != "Ada Example"


def test_a_web_server_that_is_killed_is_started_again(fresh: Checkout, running: Run) -> None:
    for pid, command in fresh.processes().items():
        if "granian" in command or "front_worker" in command:
            kill(pid)
    assert greeting(paste(running)) == "Ada Example"


def assert_fails(run: Run, sentence: str) -> None:
    """With one sentence and make's own line."""
    run.wait_until_ended()
    assert run.process.returncode != 0
    *steps, said, make = run.lines
    assert re.search(sentence, said)
    assert re.match(r"make: \*\*\* \[Makefile:\d+: \w+\] Error 1", make)
    assert all(step.endswith("…") for step in steps)
