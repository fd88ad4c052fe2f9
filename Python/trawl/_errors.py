"""Errors, with the names of yara-python."""

from __future__ import annotations


class Error(Exception):
    """A failure of the library."""


class SyntaxError(Error):  # noqa: A001 - the name of yara-python
    """Rules do not compile."""


class TimeoutError(Error):  # noqa: A001
    """Matching took longer than allowed."""


class WarningError(Error):
    """Rules compile with warnings, which the caller made errors."""

    @property
    def warnings(self) -> list[str]:
        """The warnings."""
        return self.args[0]


class Cancelled(Error):
    """A scan was cancelled."""
