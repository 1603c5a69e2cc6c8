"""Which connections Linux gives to which listening socket, told in its packet filter's language (BPF; socket(7)).

A socket that is closed resets what nobody has accepted yet, so the last of its connections must come before that.
"""

import ctypes
import socket
import struct
import sys
from contextlib import suppress

_SO_ATTACH_FILTER = 26
_SO_ATTACH_REUSEPORT_CBPF = 51
_LOAD, _MODULO, _ADD, _RETURN_NUMBER, _RETURN_RESULT = 0x20, 0x94, 0x04, 0x06, 0x16
_ANY_NUMBER = 0xFFFFF000 + 56


def hold_back(listeners: list[socket.socket]) -> None:
    """Nothing connects to these any more: who asks is left to ask again a second later, as TCP does."""
    for each in listeners:
        _attach(each, _SO_ATTACH_FILTER, (_RETURN_NUMBER, 0))


def prefer_successors(listeners: list[socket.socket]) -> None:
    """As soon as others listen on the port of these, any of those get its connections.

    Linux numbers the sockets of a port in the order in which they came; a number that is too high counts for none.
    """
    count = len(listeners)
    program = (_LOAD, _ANY_NUMBER), (_MODULO, count), (_ADD, count), (_RETURN_RESULT, 0)
    _attach(listeners[0], _SO_ATTACH_REUSEPORT_CBPF, *program)


def _attach(listener: socket.socket, option: int, *program: tuple[int, int]) -> None:
    if sys.platform != "linux":
        return
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", what, 0, 0, number) for what, number in program))
    with suppress(OSError):  # where a sandbox forbids it, what comes in that moment is reset
        listener.setsockopt(socket.SOL_SOCKET, option, struct.pack("HP", len(program), ctypes.addressof(code)))
