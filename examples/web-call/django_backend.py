"""The site's own server, with Django: who is signed in is known here and nowhere else, and the API key stays here."""

import os

import httpx
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

URL, KEY = os.environ["PERSONALIZATION_URL"], os.environ["PERSONALIZATION_KEY"]
SITE = os.environ.get("SITE", "http://localhost:3000")
SORRY = "We cannot take your call right now. Please try again later."


@login_required
@require_POST
def start_call(request: HttpRequest) -> JsonResponse:
    """What the page hands to `vapi.start`, for the customer who is signed in; or 409 and what to tell him."""
    # Yours: the id under which the customer stands in your systems. Never from the request's body.
    wish = {"customer": request.user.get_username(), "origin": SITE}
    try:
        answer = httpx.post(f"{URL}/api/web-calls", json=wish, headers={"Authorization": f"Bearer {KEY}"}, timeout=5)
        start = answer.json()
    except (httpx.HTTPError, ValueError):
        return JsonResponse({"say": SORRY}, status=409)
    if not answer.is_success:
        return JsonResponse({"say": start.get("say", SORRY)}, status=409)
    start.pop("decision")  # stays here
    return JsonResponse(start)
