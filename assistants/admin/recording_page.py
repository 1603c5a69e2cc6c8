"""A call's recording, handed on from Vapi to who may see calls; that somebody listened is recorded."""

from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from assistants.admin.pages import demand
from assistants.recordings import open_recording
from assistants.vapi import VapiError
from customers.call_page import MAY_SEE, keep_record
from customers.models import Call

LISTENED = "Listened to the recording."
# Players ask for one part after another, whichever first.
_ONE_LISTENING = timedelta(hours=1)


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
    if not _is_recorded(request, call):
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


def _is_recorded(request: HttpRequest, call: Call) -> bool:
    """Whether this person listens since a moment ago."""
    kind, since = ContentType.objects.get_for_model(Call), timezone.now() - _ONE_LISTENING
    entries = LogEntry.objects.filter(user=request.user.pk, content_type=kind, object_id=str(call.pk))
    return entries.filter(change_message=LISTENED, action_time__gte=since).exists()
