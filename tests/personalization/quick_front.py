"""The front door with less patience and fewer places, to see what it does when these run out."""

from personalization import front, handing_on


class NarrowLane(handing_on.Lane):
    """One under way, one in line for half a second."""

    def __init__(self, *, at_once: int, waiting: int, seconds: float) -> None:
        super().__init__(at_once=1, waiting=1, seconds=0.5)


front._BODY_SECONDS = 1
handing_on._BODY_SECONDS = 1
handing_on._LARGEST_BODY = 2**20
handing_on.Lane = NarrowLane  # type: ignore[misc]
app = front.Front()
