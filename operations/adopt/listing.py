"""One way to list a type: a request, and how the ids of its answer become those of an import."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Listing:
    """A request, where the ids stand in its answer, and what it is asked for each of."""

    service: str = ""
    request: str = ""
    ids: str = ""
    """JMESPath of a list of ids."""
    params: Mapping[str, Any] = field(default_factory=dict)
    each: str = ""
    """The type for each of whose objects it is asked; empty where it is asked once."""
    named: str = ""
    """The parameter that takes that object's id."""
    tail: Callable[[str], str] = str
    """What of a listed id is kept."""
    form: str = "{0}"
    """The id for import: ``{0}`` is the listed one, ``{1}`` that of the object asked for."""
    everywhere: bool = False
    """Whether AWS keeps it once for all regions."""


def by(each: str, **more: Any) -> Listing:
    """List what an object of another type has once and by the same id."""
    return Listing(each=each, **more)


def last(text: str) -> str:
    """Return what follows the last slash: the name in most ARNs."""
    return text.rpartition("/")[2]


def record(text: str) -> str:
    """Return the id of a record: ``app.example.com._A`` is ``app.example.com_A``."""
    # A name holds no upper case, a type nothing else.
    return re.sub(r"\._(?=[A-Z])", "_", text, count=1).replace("\\052", "*")


VPC, TABLE = "aws:ec2/vpc:Vpc", "aws:ec2/routeTable:RouteTable"
BUCKET, VAULT, ROLE = "aws:s3/bucket:Bucket", "aws:backup/vault:Vault", "aws:iam/role:Role"
CLUSTER, ZONE, TOPIC = "aws:ecs/cluster:Cluster", "aws:route53/zone:Zone", "aws:sns/topic:Topic"
BALANCER, LISTENER = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/listener:Listener"
GROUP, RULE = "aws:cloudwatch/logGroup:LogGroup", "aws:cloudwatch/eventRule:EventRule"
SECRET, PLAN = "aws:secretsmanager/secret:Secret", "aws:backup/plan:Plan"
ACL, REPOSITORY = "aws:wafv2/webAcl:WebAcl", "aws:ecr/repository:Repository"
REGIONAL = {"Scope": "REGIONAL"}
ECS = {"ServiceNamespace": "ecs"}
WAF_ID = "[].join('/', [Id, Name, 'REGIONAL'])"
SCALED = "join('/', [ServiceNamespace, ResourceId, ScalableDimension"
