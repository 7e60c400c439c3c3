"""A slow way to a server: every byte that comes back arrives some seconds late.

Run as `python -m tests.testbed.detour PORT TARGET SECONDS`; TLS passes through unseen.
"""

from __future__ import annotations

import socket
import sys
import threading
import time


def _pump(source: socket.socket, sink: socket.socket, seconds: float) -> None:
    try:
        while data := source.recv(65536):
            time.sleep(seconds)
            sink.sendall(data)
    except OSError:
        pass
    finally:
        for end in (source, sink):
            _hang_up(end)


def _hang_up(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def main(port: str, target: str, seconds: str) -> None:
    with socket.create_server(("127.0.0.1", int(port))) as server:
        while True:
            client, _address = server.accept()
            upstream = socket.create_connection(("127.0.0.1", int(target)))
            threading.Thread(target=_pump, args=(client, upstream, 0.0), daemon=True).start()
            threading.Thread(target=_pump, args=(upstream, client, float(seconds)), daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
