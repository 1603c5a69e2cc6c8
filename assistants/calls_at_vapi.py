"""Deleting calls at Vapi, with what is kept there of them: recording, transcript, log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from assistants.vapi import Vapi, VapiError, connected
from customers.duties import NotDone

# Others would be refused as well.
_FOR_ALL = (401, 403, 429)


@contextmanager
def deletion(tell: Callable[[str], object] = lambda _: None) -> Iterator[Callable[[str], str]]:
    """A function that deletes the call with an id of Vapi's: "" once it is gone, else why it is not.

    It raises NotDone where no other call could be deleted just now, and so does entering, without a key. `tell` hears
    a sentence whenever it takes longer than usual.
    """
    try:
        with connected(tell) as vapi:
            yield lambda vapi_id: _delete(vapi, vapi_id)
    except VapiError as error:
        raise NotDone(str(error)) from error


def _delete(vapi: Vapi, vapi_id: str) -> str:
    try:
        vapi.delete_call(vapi_id)
    except VapiError as error:
        if error.status == 404:
            return ""
        if error.status is None or error.status in _FOR_ALL or error.status >= 500:
            raise NotDone(str(error)) from error
        return str(error)
    return ""
