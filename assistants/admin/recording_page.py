"""A call's recording, handed on from Vapi to who may see calls; that somebody listened is recorded."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404

from assistants.admin.pages import demand
from assistants.recordings import open_recording
from assistants.vapi import VapiError
from customers.call_page import MAY_SEE, keep_record
from customers.models import Call

LISTENED = "Listened to the recording."


def recording_view(request: HttpRequest, call_id: int) -> HttpResponseBase:
    """The sound, or the part of it that a player asks for; a sentence where Vapi does not give it."""
    demand(request, MAY_SEE)
    call = get_object_or_404(Call, pk=call_id)
    if not call.has_recording or call.erased_at:
        raise Http404
    wanted = request.headers.get("Range", "")
    try:
        recording = open_recording(call.vapi_id, byte_range=wanted)
    except VapiError as error:
        return HttpResponse(str(error), status=502, content_type="text/plain; charset=utf-8")
    if wanted.removeprefix("bytes=").partition("-")[0] in ("", "0"):  # players ask for later parts, too
        keep_record(request, call, LISTENED)
    headers = {
        "Content-Length": recording.length,
        "Content-Range": recording.content_range,
        "Accept-Ranges": "bytes",
    }
    answer = StreamingHttpResponse(recording, status=recording.status, content_type=recording.content_type)
    for name, value in headers.items():
        if value:
            answer[name] = value
    return answer
