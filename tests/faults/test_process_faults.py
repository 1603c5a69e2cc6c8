"""Whatever happens to the server's own processes, and to its machine, callers are greeted by name."""

import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.conftest import Note
from tests.faults.load import Load
from tests.faults.node import Node, report
from tests.faults.promises import require_promises
from tests.waiting import AGAIN_LIVE_S, eventually

pytestmark = [pytest.mark.server, pytest.mark.faults]

# What a killed worker had in hand: a request or two, and three times as many on a busy machine.
IN_HAND = 3 * 2
FAULT_SECONDS = 3


def test_calls_go_on_when_a_worker_is_killed(node: Node, note: Note) -> None:
    whole = len(node.front_workers())
    victim = node.front_workers()[0]
    with Load(node) as load:
        time.sleep(0.5)
        victim.kill()
        seconds = eventually(lambda: len(node.front_workers()) == whole, seconds=AGAIN_LIVE_S)
        time.sleep(2)
    note(load.outcome, f"another worker after {seconds:.1f} s")
    require_promises(load.outcome, may_be_lost=IN_HAND)


def test_the_server_comes_back_when_its_workers_are_killed_again_and_again(node: Node, note: Note) -> None:
    for _ in range(3):
        for worker in node.front_workers():
            worker.kill()
        eventually(node.is_ready, seconds=3 * AGAIN_LIVE_S)
    with Load(node) as load:
        time.sleep(1)
    note(load.outcome, "afterwards")
    require_promises(load.outcome)


def test_a_hanging_worker_is_replaced(node: Node, note: Note) -> None:
    victim = node.front_workers()[0]
    with Load(node) as load:
        victim.suspend()
        seconds = eventually(lambda: victim not in node.front_workers(), seconds=AGAIN_LIVE_S)
        time.sleep(0.5)
    note(load.outcome, f"killed after {seconds:.1f} s; what it had in hand was lost")
    require_promises(load.outcome, may_be_lost=IN_HAND)


@pytest.mark.parametrize("program", ["follow", "housekeeping", "behind_front_door"])
def test_calls_go_on_when_this_is_killed(program: str, node: Node, note: Note) -> None:
    with Load(node) as load:
        time.sleep(0.5)
        node.program(program).kill()
        seconds = node.seconds_until_live(at_most=AGAIN_LIVE_S)
        pages = eventually(lambda: node.request("GET", "/admin/login/")[0] == 200, seconds=AGAIN_LIVE_S)
    note(load.outcome, f"the admin {pages:.1f} s later", live_again_s=seconds)
    require_promises(load.outcome)


def test_calls_go_on_during_a_reload(node: Node, note: Note) -> None:
    node.stop()
    node.start()
    before = {worker.pid for worker in node.front_workers()}
    with Load(node) as load:
        node.reload()  # at once, while the admin still starts
        seconds = eventually(lambda: not before & {worker.pid for worker in node.front_workers()}, seconds=30)
        time.sleep(1)
    note(load.outcome, f"all workers are new after {seconds:.1f} s")
    require_promises(load.outcome)


def test_a_graceful_stop_answers_what_has_arrived_and_a_start_in_the_outage_serves_from_the_copy(
    node: Node, note: Note
) -> None:
    with Load(node) as load:
        time.sleep(1)
        stopped = node.stop()
    note(load.outcome, f"stopped in {stopped:.1f} s; who came later was refused")
    assert all("ConnectionRefused" in wrong or "Connect call failed" in wrong for wrong in load.outcome.lost)
    node.database.proxy.refuse()
    started = node.start()
    with Load(node) as load:
        time.sleep(2)
    assert "calls are answered from the copy of" in node.log()
    node.database.proxy.accept()
    live = node.seconds_until_live(at_most=AGAIN_LIVE_S)
    note(load.outcome, f"answers {started:.1f} s after the start", live_again_s=live, what="a start in the outage")
    require_promises(load.outcome)


def test_calls_go_on_when_the_disk_is_full(node: Node, disk: Path, note: Note) -> None:
    if not disk.is_mount():
        pytest.skip("a disk to fill needs the right to mount one (as root, outside of most containers)")
    with Load(node) as load:
        time.sleep(0.5)
        ballast = fill(disk)
        time.sleep(FAULT_SECONDS)
        fill(disk)  # what the server has freed meanwhile
        status = node.post(report("full-disk"))
        kept = node.database.ask("SELECT vapi_id FROM customers_call WHERE vapi_id = 'full-disk'")
        ballast.unlink()
        seconds = node.seconds_until_live(at_most=AGAIN_LIVE_S)
    note(load.outcome, live_again_s=seconds)
    assert (status, kept) == (200, [("full-disk",)])  # straight into the database
    require_promises(load.outcome)


def fill(disk: Path) -> Path:
    """Leaves no byte; gives the file that took them."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return ballast
