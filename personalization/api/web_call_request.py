"""What a web site's server may say when it asks for a web call."""

from urllib.parse import urlsplit

from rest_framework import serializers

from personalization.api.starting import StartRequest


class WebCallRequest(StartRequest):
    """Who is signed in, and what else is wished."""

    origin = serializers.URLField(
        required=False,
        max_length=300,
        help_text="Such as https://shop.example.com: asks for a `token` that works on its pages only, for ten minutes.",
    )

    def validate_origin(self, value: str) -> str:
        """Scheme and host, as browsers send them."""
        address = urlsplit(value)
        return f"{address.scheme}://{address.netloc}".lower()
