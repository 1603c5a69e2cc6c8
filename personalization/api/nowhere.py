"""The answer below /api/ where there is nothing, for programs: not a web page, as elsewhere."""

from typing import NoReturn

from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from personalization.api.problems import ApiView


class Nowhere(ApiView):
    """404 to everybody, with a key or without."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> NoReturn:
        """Whatever the method."""
        raise NotFound("There is nothing at this address: /api/docs/ lists what there is.")
