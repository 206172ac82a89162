"""Connections of this machine with itself, as the kernel lists them."""

import socket
import sys
from pathlib import Path

LISTED = Path("/proc/net/tcp")
_LOCALHOST = f"{int.from_bytes(socket.inet_aton('127.0.0.1'), sys.byteorder):08X}"
# States of a connection whose one side has hung up while the other has not (proc(5), tcp_states.h).
_LEFT_BY_CLIENT = {"04", "05"}  # FIN_WAIT1, FIN_WAIT2: as the client's side sees it
_LEFT_TO_SERVER = {"08"}  # CLOSE_WAIT: as the server's side sees it


def awaits_hearing(port: int) -> bool:
    """Whether a client has left a connection to that port that the server has not read to its end.

    What a process wrote before it died lies in such a connection until the server has dealt with
    it, however late. A system without that list knows of none.
    """
    try:
        lines = LISTED.read_text().splitlines()[1:]
    except FileNotFoundError:
        return False
    server = f"{_LOCALHOST}:{port:04X}"
    for _, local, remote, state, *_ in (line.split() for line in lines):
        if local == server and state in _LEFT_TO_SERVER:
            return True
        if remote == server and state in _LEFT_BY_CLIENT:
            return True
    return False
