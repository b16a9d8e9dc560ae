"""What an environment is told: read from the Pulumi files, typed, frozen, refused when wrong."""

from settings.errors import SettingsError
from settings.identity import Identity
from settings.loading import Settings, load, load_all, raw_sections
from settings.scale import Scale
from settings.shape import Shape

__all__ = [
    "Identity",
    "Scale",
    "Settings",
    "SettingsError",
    "Shape",
    "load",
    "load_all",
    "raw_sections",
]
