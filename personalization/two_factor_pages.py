"""The pages on which staff set up the second step of signing in, and give its code."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django_otp import login
from unfold.widgets import UnfoldAdminTextInputWidget

from personalization import two_factor


class RequireSecondFactor:
    """Middleware: whoever has set up a second step gets no further without it; a setting demands it of everybody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _detour(request) or self._get_response(request)


class CodeForm(forms.Form):
    """Asks for a code; `accept` is called with it and may raise WrongCode."""

    code = forms.CharField(
        label="Code",
        max_length=20,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "off", "spellcheck": "false"}
        ),
    )

    def __init__(self, accept: Callable[[str], Any], data: Any = None) -> None:
        super().__init__(data)
        self._accept = accept
        self.result: Any = None

    def clean_code(self) -> str:
        """Raises ValidationError with the sentence about a wrong code."""
        code = str(self.cleaned_data["code"])
        try:
            self.result = self._accept(code)
        except two_factor.WrongCode as error:
            raise forms.ValidationError(str(error)) from error
        return code


@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Right after the password: the code."""
    user = cast(User, request.user)
    form = CodeForm(lambda code: two_factor.verify(user, code), request.POST or None)
    if form.is_valid():
        login(request, form.result)
        return HttpResponseRedirect(_next(request))
    return _page(request, "verify", "Your code", form=form)


@never_cache
def manage(request: HttpRequest) -> HttpResponse:
    """Set the second step up; later, get new recovery codes or turn it off."""
    if two_factor.is_set_up(cast(User, request.user)):
        return _change(request)
    return _set_up(request)


def _set_up(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = CodeForm(lambda code: two_factor.set_up(user, code), request.POST or None)
    if form.is_valid():
        device, codes = form.result
        login(request, device)
        return _page(request, "recovery_codes", "Recovery codes", codes=codes)
    address = two_factor.app_to_be_confirmed(user).config_url
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=3, light="white")
    key = address.partition("secret=")[2].partition("&")[0]
    return _page(request, "set_up", "Two-step sign-in", form=form, picture=picture, key=key, **_demands())


def _change(request: HttpRequest) -> HttpResponse:
    """Both changes take a code, so that a session left open is not enough."""
    user = cast(User, request.user)
    form = CodeForm(lambda code: two_factor.verify(user, code), request.POST or None)
    if form.is_valid() and "turn_off" in request.POST:
        two_factor.reset(user)
        messages.success(request, "Two-step sign-in is off.")
        return redirect("two-factor")
    if form.is_valid():
        codes = two_factor.new_recovery_codes(user)
        login(request, two_factor.app_in_use(user))
        return _page(request, "recovery_codes", "Recovery codes", codes=codes)
    left = two_factor.recovery_codes_left(user)
    return _page(request, "change", "Two-step sign-in", form=form, left=left, **_demands())


urls = [
    path("", admin.site.admin_view(manage), name="two-factor"),
    path("verify/", admin.site.admin_view(verify), name="two-factor-verify"),
]


def _detour(request: HttpRequest) -> HttpResponse | None:
    """Where this person has to go first, if anywhere."""
    user: Any = request.user
    if not user.is_authenticated or user.is_verified():
        return None
    wanted = "two-factor-verify" if two_factor.is_set_up(user) else "two-factor" if settings.ADMIN_REQUIRE_2FA else ""
    if not wanted or request.path in {reverse(wanted), reverse("admin:login"), reverse("admin:logout")}:
        return None
    return redirect(f"{reverse(wanted)}?{urlencode({'next': request.get_full_path()})}")


def _next(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is here."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else reverse("admin:index")


def _demands() -> dict[str, bool]:
    return {"is_required": settings.ADMIN_REQUIRE_2FA}


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    context |= admin.site.each_context(request) | {"title": title}
    return render(request, f"personalization/two_factor/{template}.html", context)
