"""How long a call was, as pages write it."""


def minutes(seconds: float | None) -> str:
    """A length as 1:05 (minutes and seconds); "" where it is not known."""
    return "" if seconds is None else f"{round(seconds) // 60}:{round(seconds) % 60:02}"
