"""The policies' files in a folder of their own, beside copies of the settings."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from policies.catalogue import RULES
from policies.check import Rulebook, judge
from policies.graph import Graph
from policies.report import Report
from policies.rule import Rule
from tests.policies.recorded import graphs
from tests.settings.workspace import FILES, ROOT

POLICY_FILES = ("contract", "waivers", "enforcement", "releases")
TODAY = date(2031, 5, 1)


class Policies:
    """A folder in which the policies' files can be changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "policies").mkdir()
        for name in FILES:
            shutil.copy(ROOT / name, root)
        for name in POLICY_FILES:
            shutil.copy(ROOT / "policies" / f"{name}.yaml", root / "policies")

    def read(self, name: str) -> Any:
        """Return what a file says."""
        return yaml.safe_load((self.root / "policies" / f"{name}.yaml").read_text())

    def write(self, name: str, data: Any) -> None:
        """Write a file anew."""
        text = data if isinstance(data, str) else yaml.safe_dump(data)
        (self.root / "policies" / f"{name}.yaml").write_text(text)

    def judged(
        self,
        production: Graph | None = None,
        staging: Graph | None = None,
        rules: Sequence[Rule] = RULES,
    ) -> Report:
        """Judge both environments, as they are or as they are given, by all rules or by some."""
        known = graphs()
        return judge(
            replace(Rulebook.of(self.root), rules=rules),
            production or known["production"],
            staging or known["staging"],
            today=TODAY,
        )
