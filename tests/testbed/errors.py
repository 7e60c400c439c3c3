"""The one exception of the test bed: a sentence for a person."""

from __future__ import annotations


class TestbedError(Exception):
    """Something the test bed cannot get over. Its text says what, and where the log is."""

    __test__ = False
