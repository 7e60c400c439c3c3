"""A connection that is not called local: whether its files can be read from here, nobody knows."""

from __future__ import annotations

from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = """
name: elsewhere
short_description: This machine under another name
description: Runs everything here.
"""


class Connection(LocalConnection):  # type: ignore[misc] # ansible-core has no types
    transport = "elsewhere"
