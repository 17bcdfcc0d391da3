"""Configuration as code: read a file, check it whole, compare it with what is in force, apply."""

from config.configuration.apply import (
    FORMAT,
    KINDS,
    Changes,
    ConfigurationRefused,
    apply_configuration,
    check_configuration,
)

__all__ = [
    "FORMAT",
    "KINDS",
    "Changes",
    "ConfigurationRefused",
    "apply_configuration",
    "check_configuration",
]
