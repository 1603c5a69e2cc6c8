"""A call's recording, fetched from Vapi while somebody listens: it is kept nowhere here, nor is its address."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import httpx

from assistants.vapi import connected

_CHUNK_BYTES = 64 * 1024
# A page waits for it: rather a sentence soon than the sound late.
_PATIENCE_S = 5


class Recording:
    """Bytes as they come in; to be closed, which a StreamingHttpResponse does by itself.

    `status` is 206 where only a part was asked for, and then `content_range` says which; else 200 and "".
    """

    def __init__(self, response: httpx.Response, resources: ExitStack) -> None:
        self._response = response
        self._resources = resources
        said = response.headers.get("Content-Type", "")
        self.content_type = said if said.startswith("audio/") else "application/octet-stream"
        self.length = response.headers.get("Content-Length", "")
        self.content_range = response.headers.get("Content-Range", "")
        self.status = response.status_code

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_raw(_CHUNK_BYTES)

    def close(self) -> None:
        """Ends the connection, heard to the end or not."""
        self._resources.close()


def open_recording(call_id: str, *, byte_range: str = "") -> Recording:
    """The recording (one channel, mostly WAV) of the call with Vapi's id `call_id`.

    `byte_range` is a browser's Range header, handed on: players move about with it. Raises VapiError, whose `status` is
    404 where there is none (any more). https://docs.vapi.ai/assistants/call-recording
    """
    is_range = byte_range and byte_range.isascii()  # a wrong one is as good as none (RFC 9110, section 14.2)
    headers = {"Accept-Encoding": "identity"} | ({"Range": byte_range} if is_range else {})
    with ExitStack() as stack:
        vapi = stack.enter_context(connected(patience_s=_PATIENCE_S))
        response = stack.enter_context(closing(vapi.stream_recording(call_id, headers)))
        resources = stack.pop_all()
    return Recording(response, resources)
