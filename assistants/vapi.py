"""The few requests that we make to Vapi's REST API (https://docs.vapi.ai/api-reference), and VapiError.

Commands and pages use it, never the call path. Objects are handed on as Vapi sends them: they may hold secrets and
addresses of recordings, so callers keep only what they need.
"""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
from django.conf import settings

from assistants.vapi_refusals import asked_pause, refusal, too_many
from customers import foreign_json

Object = dict[str, Any]

_PAGE = 1000  # the most that Vapi gives at once
_CALLS = 100  # each with its transcript: more would take a lot of memory
_ANOTHER_FORM = "Vapi's answer is not in the form that its documentation describes: see VAPI_API_URL."
_LONGEST_ID = 100  # as much as our tables hold; Vapi's are UUIDs
_TIMEOUT = httpx.Timeout(20, connect=5)
_PAUSES_S = (0.5, 1.5)
_PATIENCE_S = 60.0
_HARMLESS_AGAIN = ("GET", "DELETE")


class VapiError(Exception):
    """One sentence: what Vapi did not do, why, and what to do. `status` is its answer's, None where none came.

    `in_doubt`: what was asked for may have been done all the same.
    """

    def __init__(self, sentence: str, *, status: int | None = None, in_doubt: bool = False) -> None:
        super().__init__(sentence)
        self.status = status
        self.in_doubt = in_doubt


@contextmanager
def connected(
    tell: Callable[[str], object] = lambda _: None, *, patience_s: float = _PATIENCE_S, pace_s: float = 0
) -> "Iterator[Vapi]":
    """The client with this installation's key. Raises VapiError where there is none that could be sent.

    `tell` hears a sentence whenever a request takes longer than usual; where Vapi asks for fewer requests, each waits
    for `patience_s` at most. Lists are asked for page by page, `pace_s` apart.
    """
    key = settings.VAPI_API_KEY
    if not key:
        raise VapiError("VAPI_API_KEY is not set: put the private key from Vapi's dashboard (API keys) into .env.")
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise VapiError("VAPI_API_KEY holds characters that no key has: copy it again from Vapi's dashboard.")
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=settings.VAPI_API_URL, headers=headers, timeout=_TIMEOUT, verify=_trusted()) as http:
        yield Vapi(http, tell, patience_s=patience_s, pace_s=pace_s)


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are trusted: read once, as that takes 30 ms."""
    return httpx.create_ssl_context()


class Vapi:
    """Vapi's API. Every request may raise VapiError; only what is harmless is asked again."""

    def __init__(self, http: httpx.Client, tell: Callable[[str], object], *, patience_s: float, pace_s: float) -> None:
        self._http = http
        self._tell = tell
        self._patience_s = patience_s
        self._pace_s = pace_s

    def list_assistants(self) -> Iterator[Object]:
        """All saved assistants."""
        return self._list("/assistant")

    def list_squads(self) -> Iterator[Object]:
        """All saved squads."""
        return self._list("/squad")

    def list_phone_numbers(self) -> Iterator[Object]:
        """All numbers, SIP addresses among them."""
        return self._list("/phone-number")

    def list_calls(
        self, *, since: datetime | None = None, before: datetime | None = None, phone_number_id: str = ""
    ) -> Iterator[Object]:
        """All calls, or those on one number, that were created at `since` or later and earlier than `before`.

        In the order of Vapi's.
        """
        bounds = {"createdAtGe": since, "createdAtLt": before}
        filters = {name: bound.isoformat() for name, bound in bounds.items() if bound}
        on = {"phoneNumberId": phone_number_id} if phone_number_id else {}
        return self._list("/call", filters | on, size=_CALLS)

    def create_call(self, request: Object) -> Object:
        """The call that Vapi makes of `request` (a CreateCallDTO). A second time it would ring twice."""
        return _object(self._ask("POST", "/call", "call", json=request))

    def get_assistant(self, vapi_id: str) -> Object:
        """The saved assistant with this id."""
        return _object(self._ask("GET", _path("assistant", vapi_id), f"assistant {vapi_id}"))

    def get_call(self, vapi_id: str) -> Object:
        """The call with this id."""
        return _object(self._ask("GET", _path("call", vapi_id), f"call {vapi_id}"))

    def delete_call(self, vapi_id: str) -> None:
        """Deletes the call with its recording and transcript. One that is gone already is a VapiError of status 404."""
        response = self._answer("DELETE", _path("call", vapi_id))
        if not response.is_success:
            raise _refused(response, f"call {vapi_id}")

    def change_phone_number(self, vapi_id: str, change: Object) -> Object:
        """The number as it is after `change` (an UpdatePhoneNumberDTO, with its provider)."""
        return _object(self._ask("PATCH", _path("phone-number", vapi_id), f"phone number {vapi_id}", json=change))

    def stream_recording(self, vapi_id: str, headers: Mapping[str, str]) -> httpx.Response:
        """The call's recording, still to be read, from wherever Vapi refers us to (which gets no key); to be closed."""
        response = self._answer("GET", f"{_path('call', vapi_id)}/mono-recording", stream=True, headers=headers)
        if response.is_success:
            return response
        if response.history:  # the store's words, not those of Vapi's API
            sentence = f"Vapi's store does not give the recording of call {vapi_id} ({response.status_code})."
            raise VapiError(sentence, status=response.status_code)
        raise _refused(response, f"recording of call {vapi_id}")

    def _list(self, path: str, filters: dict[str, str] | None = None, *, size: int = _PAGE) -> Iterator[Object]:
        """All objects, page by page: Vapi has no cursor, so the next page begins where the last one ended.

        Vapi documents no order; newest first and oldest first both work. Borders are asked for again, as several
        objects may be of the same moment, and given once; where a page is too short for a moment, it is made longer.
        """
        bounds: dict[str, str] = {}
        before: set[str] = set()
        oldest_first = False
        while True:
            params = {**(filters or {}), **bounds, "limit": str(size)}
            page = _objects(self._ask("GET", path, path, params=params))
            new = [each for each in page if each["id"] not in before]
            yield from new
            if len(page) < size:
                return
            oldest_first = oldest_first or page[0]["createdAt"] < page[-1]["createdAt"]
            if new or size == _PAGE:
                direction, or_same = ("Gt", "Ge") if oldest_first else ("Lt", "Le")
                bounds = {f"createdAt{or_same if new else direction}": page[-1]["createdAt"]}
            else:
                size = _PAGE
            before = {each["id"] for each in page}
            time.sleep(self._pace_s)

    def _ask(self, method: str, path: str, what: str, **content: Any) -> Any:
        response = self._answer(method, path, **content)
        if not response.is_success:
            raise _refused(response, what)
        try:
            return foreign_json.loads(response.content)
        except ValueError as error:
            raise VapiError(
                f"{self._http.base_url} does not answer as Vapi does: see VAPI_API_URL.", in_doubt=True
            ) from error

    def _answer(self, method: str, path: str, *, stream: bool = False, **content: Any) -> httpx.Response:
        """The answer, after as many attempts as are harmless: reading, deleting, and what Vapi refused for its rate.

        A success to `stream` is still to be read; only there we go where Vapi refers us to.
        """
        pauses = list(_PAUSES_S) if method in _HARMLESS_AGAIN else []
        patience = self._patience_s
        while True:
            try:
                request = self._http.build_request(method, path, **content)
                response = self._http.send(request, stream=stream, follow_redirects=stream)
                if not response.is_success:
                    response.read()
            except httpx.RequestError as error:
                if not pauses:
                    unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                    raise VapiError(self._silence(method, error), in_doubt=not unsent) from error
                pause, reason = pauses.pop(0), "gives no answer"
            else:
                if response.status_code == 429 and (pause := asked_pause(response)) <= patience:
                    patience, reason = patience - pause, "asks for fewer requests"
                elif response.status_code == 429:
                    waited = self._patience_s - patience
                    raise VapiError(too_many(waited, pause), status=429)
                elif response.status_code >= 500 and pauses:
                    pause, reason = pauses.pop(0), f"has trouble ({response.status_code})"
                else:
                    return response
            self._tell(f"Vapi {reason}: trying again in {pause:g} s.")
            time.sleep(pause)

    def _silence(self, method: str, error: httpx.RequestError) -> str:
        in_doubt = "" if method in _HARMLESS_AGAIN else " It may have been done all the same: look with check_vapi."
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return f"Vapi cannot be reached at {self._http.base_url}: {error}."
        if isinstance(error, httpx.TimeoutException):
            return f"Vapi gave no answer within {_TIMEOUT.read:g} s.{in_doubt}"
        return f"The connection to Vapi broke off ({error}).{in_doubt}"


def _path(kind: str, vapi_id: str) -> str:
    return f"/{kind}/{quote(vapi_id, safe='')}"


def _refused(response: httpx.Response, what: str) -> VapiError:
    status = response.status_code
    return VapiError(refusal(response, what), status=status, in_doubt=status >= 500 or status == 408)


def _object(answer: Any) -> Object:
    if not (isinstance(answer, dict) and _is_id(answer.get("id"))):
        raise VapiError(_ANOTHER_FORM, in_doubt=True)
    return answer


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= _LONGEST_ID


def _objects(answer: Any) -> list[Object]:
    if not isinstance(answer, list):
        raise VapiError("Vapi's answer is not the list that its documentation describes: see VAPI_API_URL.")
    # An id that cannot be, among others: whoever keeps them finds out, and keeps the rest.
    if not all(isinstance(each, dict) and isinstance(each.get("id"), str) for each in answer):
        raise VapiError(_ANOTHER_FORM)
    if not all(isinstance(each.get("createdAt"), str) for each in answer):
        raise VapiError("Vapi's answer does not say when its objects were created: see VAPI_API_URL.")
    return answer
