"""Count what an environment consists of, from its graph."""

from datetime import date
from pathlib import Path

from operations.cost import database, fixed
from operations.cost.compute import fargate
from operations.cost.line import Quantities
from operations.cost.network import network
from operations.cost.where import Where
from policies.graph import Graph
from settings import Settings


def counted(root: Path, graph: Graph, settings: Settings, today: date) -> Quantities:
    """Return the quantities of one environment in a month of 730 hours.

    Raises OperationError where the graph is none that the program describes.
    """
    where = Where(root, graph.stack)
    lines = (
        *fargate(graph, where, today),
        *database.databases(graph, where),
        *database.backups(graph, where),
        *network(graph, where),
        *fixed.pieces(graph),
    )
    return Quantities(
        stack=graph.stack,
        region=settings.identity.region,
        lines=lines,
        usage=tuple(fixed.usage(graph)),
        unknown=tuple(fixed.unknown(graph)),
    )
