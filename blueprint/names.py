"""Physical names, for what a person or a service must know by name; AWS names the rest."""

from dataclasses import dataclass

from settings import Settings


@dataclass(frozen=True)
class Names:
    """Names of one environment; two environments may even share an account without a clash."""

    application: str
    environment: str
    account: str

    @classmethod
    def of(cls, settings: Settings) -> "Names":
        """Return the names of the environment that the settings describe."""
        return cls(settings.shape.application, settings.identity.name, settings.identity.account)

    @property
    def prefix(self) -> str:
        """``storefront-staging``."""
        return f"{self.application}-{self.environment}"

    def named(self, what: str) -> str:
        """``storefront-staging-<what>``: unique in an account."""
        return f"{self.prefix}-{what}"

    def bucket(self, what: str) -> str:
        """``storefront-staging-<what>-<account>``: unique in the world."""
        return f"{self.named(what)}-{self.account}"

    def log_group(self, what: str) -> str:
        """``/storefront/staging/<what>``."""
        return f"/{self.application}/{self.environment}/{what}"

    def metrics(self, what: str) -> str:
        """``storefront/staging/<what>``: a namespace of CloudWatch metrics."""
        return f"{self.application}/{self.environment}/{what}"
