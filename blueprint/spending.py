"""What an environment may cost before somebody is told."""

from blueprint.basis import Basis
from blueprint.foundation import Foundation
from components.spending import Spending, SpendingArgs


def spending(basis: Basis, foundation: Foundation) -> Spending:
    """Lay out the budget and the search for unusual costs."""
    limits = basis.shape.alarms.spending
    return Spending(
        "spending",
        SpendingArgs(
            prefix=basis.names.prefix,
            topic_arn=foundation.global_notifications.topic_arn,
            monthly_usd=basis.scale.budget.monthly_usd,
            actual_percent=limits.actual_percent,
            forecast_percent=limits.forecast_percent,
            anomaly_usd=limits.anomaly_usd,
            tags=basis.tags,
        ),
        opts=basis.here,
    )
