"""What the API servers' audit logs say was asked of them. The test bed's own requests do not stand there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

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
        self._by_hand: list[tuple[datetime, datetime]] = []

    @contextmanager
    def by_hand(self) -> Iterator[None]:
        """What is asked meanwhile is asked by an operator, with kubectl and the like: it is no trace of ours.

        The server that nobody may touch stays what it is for operators too.
        """
        begun = datetime.now(timezone.utc)
        try:
            yield
        finally:
            self._by_hand.append((begun, datetime.now(timezone.utc)))

    def marks(self) -> Marks:
        """Now, in the log of every server."""
        return {server: self._bed.mark(server) for server in (*FLEET, FORBIDDEN)}

    def of(self, server: str, since: Marks | None = None) -> list[Request]:
        found = self._bed.audit(server, (since or self._begun)[server])
        return [request for request in found if server == FORBIDDEN or not self._is_by_hand(request)]

    def _is_by_hand(self, request: Request) -> bool:
        return any(begun <= request.at <= ended for begun, ended in self._by_hand)

    def everywhere(self, since: Marks | None = None) -> dict[str, list[Request]]:
        """By server, without those nobody asked anything."""
        return {server: found for server in self._begun if (found := self.of(server, since))}
