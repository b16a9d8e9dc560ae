"""Alarm of a TLS certificate that was not renewed."""

from dataclasses import dataclass

from pulumi import Input, ResourceOptions

from components.alarm import Alarm, AlarmArgs, AlarmSet, Metric, check_positive, unknown_silence

DAY = 86_400


@dataclass(frozen=True, kw_only=True)
class CertificateAlarmsArgs(AlarmArgs):
    """The certificate, and how early to tell."""

    certificate_arn: Input[str]
    days_left: int = 30
    """ACM renews from 60 days before the end (AWS Certificate Manager User Guide, "Managed
    certificate renewal"), so at 30 it has been failing for a month and a month is left."""

    def __post_init__(self) -> None:
        """Refuse a warning that would come after the end."""
        super().__post_init__()
        check_positive("days_left", self.days_left)


class CertificateAlarms(AlarmSet):
    """One alarm: the certificate ends soon, so its renewal does not work."""

    def __init__(
        self, name: str, args: CertificateAlarmsArgs, opts: ResourceOptions | None = None
    ) -> None:
        expiry = Alarm(
            key="certificate-expiry",
            says="The TLS certificate ends soon: ACM has not been able to renew it.",
            first="check that its validation record is still in the zone and the zone delegated.",
            metrics={
                "days": Metric(
                    namespace="AWS/CertificateManager",
                    name="DaysToExpiry",
                    dimensions={"CertificateArn": args.certificate_arn},
                    statistic="Minimum",
                )
            },
            period=DAY,
            comparison="LessThanThreshold",
            threshold=args.days_left,
            periods=1,
            silence=unknown_silence(
                "ACM counts the days until a certificate has ended, and only then no more"
            ),
        )
        super().__init__("understudy:monitoring:CertificateAlarms", name, args, [expiry], opts)
        self.register_outputs({"names": self.names})
