"""The tags that every resource of an environment carries."""

from settings import Settings


def environment_tags(settings: Settings) -> dict[str, str]:
    """Return what tells, of any object in an account, what it is for and who answers for it."""
    return {
        "Application": settings.shape.application,
        "Environment": settings.identity.name,
        "Owner": settings.shape.owner,
        "ManagedBy": "understudy",
        "Repository": settings.shape.repository,
    }
