"""The counts of all processes of this node, added up.

Each process writes its counts to a file of its own once a second; whoever is asked reads them all. What ended
processes had counted is kept in one file more, as counters must not go down. No call waits for any of it.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.util import Finalize
from pathlib import Path
from shutil import rmtree
from threading import Thread
from typing import Any

import orjson
from prometheus_client import Metric

from personalization.metrics import REGISTRY

_EACH_SECONDS = 1.0
_ENDED = "ended.json"
# Readers that began before a file was added to the ended ones must still find its name here.
_NAMES_KEPT = 100

# A process's counts: for each metric its name, description and type, and each sample's name, labels and value.
Counts = list[tuple[str, str, str, list[tuple[str, dict[str, str], float]]]]

_own_name = ""


def share(folder: Path) -> None:
    """From now on this process's counts stand in `folder`: at most a second old, and to the last when it ends."""
    global _own_name
    _own_name = f"{os.getpid()}-{secrets.token_hex(4)}.json"
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        add_up_ended(folder)
    Finalize(None, _write_own, args=(folder,), exitpriority=1)  # atexit does not run in a web server's workers
    Thread(target=_write_each_second, args=(folder,), name="metrics", daemon=True).start()


def forget(folder: Path) -> None:
    """Begins anew, before any process of a node starts: in other settings a secret's position means another one."""
    rmtree(folder, ignore_errors=True)


def collect(folder: Path) -> list[Metric]:
    """The metrics of all processes that share `folder`, ended ones too, and of this one as they are now."""
    files = {name: counts for name in _names(folder) if name != _own_name and (counts := _read(folder / name))}
    # Read last, it holds whatever was added to it meanwhile, and says so.
    ended = _read(folder / _ENDED) or {"names": [], "counts": []}
    others = [counts for name, counts in files.items() if name not in ended["names"]]
    return _sum([ended["counts"], *others, _own_counts()])


def add_up_ended(folder: Path) -> None:
    """Moves the counts of processes that are gone into one file; does nothing where another does it just now."""
    with _alone(folder) as alone:
        gone = [name for name in _names(folder) if not _is_alive(int(name.partition("-")[0]))] if alone else []
        if not gone:
            return
        ended = _read(folder / _ENDED) or {"names": [], "counts": []}
        counts = _sum([ended["counts"], *(_read(folder / name) or [] for name in gone)])
        names = [*ended["names"], *gone][-_NAMES_KEPT:]
        _write(folder / _ENDED, {"names": names, "counts": _plain(counts)})
        for name in gone:
            (folder / name).unlink(missing_ok=True)


def _write_each_second(folder: Path) -> None:
    while True:
        _write_own(folder)
        time.sleep(_EACH_SECONDS)


def _write_own(folder: Path) -> None:
    with suppress(OSError):  # a full disk costs the newest counts, until it is not full any more
        _write(folder / _own_name, _own_counts())


def _own_counts() -> Counts:
    return _plain(REGISTRY.collect())


def _plain(metrics: Iterable[Metric]) -> Counts:
    return [
        (
            metric.name,
            metric.documentation,
            metric.type,
            [(each.name, each.labels, each.value) for each in metric.samples],
        )
        for metric in metrics
    ]


def _sum(processes: Iterable[Counts]) -> list[Metric]:
    """Counters and histograms are added, of gauges the greatest counts."""
    metrics: dict[str, Metric] = {}
    values: dict[str, dict[tuple[str, tuple[tuple[str, str], ...]], float]] = {}
    for name, documentation, kind, samples in (metric for counts in processes for metric in counts):
        metrics.setdefault(name, Metric(name, documentation, kind))
        known = values.setdefault(name, {})
        for sample, labels, value in samples:
            key = sample, tuple(labels.items())
            known[key] = max(known.get(key, 0), value) if kind == "gauge" else known.get(key, 0) + value
    for name, metric in metrics.items():
        for (sample, pairs), value in values[name].items():
            metric.add_sample(sample, dict(pairs), value)
    return list(metrics.values())


def _names(folder: Path) -> list[str]:
    with suppress(OSError):
        return [name for name in os.listdir(folder) if name[:1].isdigit() and name.endswith(".json")]
    return []


def _read(file: Path) -> Any:
    try:
        return orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None  # moved to the ended ones meanwhile, or never written to its end


def _write(file: Path, content: Any) -> None:
    unfinished = file.with_suffix(f".{os.getpid()}-unfinished")
    try:
        unfinished.write_bytes(orjson.dumps(content))
        unfinished.rename(file)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether nobody else is doing it; never waits."""
    with open(folder / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
