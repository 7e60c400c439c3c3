"""What the API servers' audit logs say was asked of them. The test bed's own requests do not stand there."""

from __future__ import annotations

from tests.testbed.audit import Request
from tests.testbed.bed import Bed
from tests.testbed.cluster import FORBIDDEN
from tests.testbed.testbed import FLEET

Marks = dict[str, int]


class Traces:
    """Requests by server, since the first test or since a mark."""

    def __init__(self, bed: Bed) -> None:
        self._bed = bed
        self._begun = self.marks()

    def marks(self) -> Marks:
        """Now, in the log of every server."""
        return {server: self._bed.mark(server) for server in (*FLEET, FORBIDDEN)}

    def of(self, server: str, since: Marks | None = None) -> list[Request]:
        return self._bed.audit(server, (since or self._begun)[server])

    def everywhere(self, since: Marks | None = None) -> dict[str, list[Request]]:
        """By server, without those nobody asked anything."""
        return {server: found for server in self._begun if (found := self.of(server, since))}
