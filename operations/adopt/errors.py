"""What the audit can't read."""


class UnreadableError(Exception):
    """A request that is not sent or not answered; the audit says so and goes on."""
