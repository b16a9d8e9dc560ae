"""What parity and its waivers ask for, by the same form of name as the rules."""

from dataclasses import dataclass

from policies.parity.comparison import Standing
from policies.rule import Severity


@dataclass(frozen=True)
class ParityRule:
    """A demand of parity; unlike a rule it looks at two environments."""

    name: str
    severity: Severity
    title: str
    why: str
    fix: str


_DECLARE = "Undo the difference, or declare it with a reason in policies/contract.yaml."

MISSING = ParityRule(
    "parity-resource-missing",
    Severity.HIGH,
    "What the reference has, its mirror has too.",
    "What a mirror lacks is tried for the first time in production.",
    _DECLARE,
)
EXTRA = ParityRule(
    "parity-resource-extra",
    Severity.HIGH,
    "A mirror has nothing that its reference has not.",
    "What works only with a thing that production lacks fails there.",
    _DECLARE,
)
DIFFERS = ParityRule(
    "parity-property-equal",
    Severity.HIGH,
    "A property is the same in both, unless the contract declares it.",
    "A setting that differs unseen is how a mirror stops being one.",
    _DECLARE,
)
WRONG_WAY = ParityRule(
    "parity-direction-kept",
    Severity.HIGH,
    "A mirror differs only in the declared direction.",
    "A mirror that is bigger or weaker than declared shows other faults than production has.",
    "Change the setting that decides it, or the direction in policies/contract.yaml.",
)
TOO_SMALL = ParityRule(
    "parity-bound-kept",
    Severity.HIGH,
    "A mirror is no smaller than the declared bound.",
    "Below its bound a part does not do its work any more, so nothing is mirrored.",
    "Change the setting that decides it, or the bound in policies/contract.yaml.",
)
SAME_SIZE = ParityRule(
    "parity-same-at-same-size",
    Severity.HIGH,
    "In the same size, environments differ in their identity alone.",
    "A difference that stays in the same size comes from code that asks which environment it is.",
    "Let the code ask for a setting, and declare that in policies/contract.yaml.",
)
WAIVER_EXPIRED = ParityRule(
    "waiver-not-expired",
    Severity.HIGH,
    "A waiver is used within its time.",
    "An exemption without an end is a rule that nobody keeps.",
    "Mend what is waived, or have its owner set a new day in policies/waivers.yaml.",
)
WAIVER_UNUSED = ParityRule(
    "waiver-used",
    Severity.HIGH,
    "A waiver exempts something.",
    "One that is no longer needed would hide the next fault of its kind.",
    "Take it out of policies/waivers.yaml.",
)

RULES = (MISSING, EXTRA, DIFFERS, WRONG_WAY, TOO_SMALL, SAME_SIZE, WAIVER_EXPIRED, WAIVER_UNUSED)

NAMES = frozenset(rule.name for rule in RULES)

BY_STANDING = {
    Standing.UNDECLARED: DIFFERS,
    Standing.WRONG_WAY: WRONG_WAY,
    Standing.TOO_SMALL: TOO_SMALL,
}
