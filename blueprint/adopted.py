"""Names of what was there before the program: kept where AWS could not change them.

The program leaves these names to Pulumi, which makes one up. Something imported would be replaced
by an object with such a name (Pulumi docs, "Import resources"); here it is given its own.
"""

from collections.abc import Iterable, Mapping

from pulumi import ResourceTransformationArgs, ResourceTransformationResult

from settings.identity import AdoptedName

KEEPING = frozenset(
    {
        "aws:iam/role:Role",
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:lb/targetGroup:TargetGroup",
        "aws:rds/subnetGroup:SubnetGroup",
        "aws:secretsmanager/secret:Secret",
    }
)
"""Types whose name AWS can't change and whose place others hold on to."""


class KeptNames:
    """Gives each adopted resource the name that it has; each must be one of the program's."""

    def __init__(self, adopted: Iterable[AdoptedName]) -> None:
        self._names: Mapping[str, str] = {each.logical_name: each.physical_name for each in adopted}
        self._used: set[str] = set()

    def keep(self, args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
        """Name a resource, if it is an adopted one."""
        if args.type_ not in KEEPING or args.name not in self._names:
            return None
        if args.props.get("name") is not None:
            raise ValueError(
                f"identity.adopted: {args.name} must be left out: the program names it itself"
            )
        self._used.add(args.name)
        props = {**args.props, "name": self._names[args.name]}
        return ResourceTransformationResult(props, args.opts)

    def refuse_unused(self) -> None:
        """Raise ValueError for a name that no resource took."""
        if unused := sorted(self._names.keys() - self._used):
            raise ValueError(
                f"identity.adopted: must hold logical names of {', '.join(sorted(KEEPING))} "
                f"that the program has, got {', '.join(unused)}"
            )
