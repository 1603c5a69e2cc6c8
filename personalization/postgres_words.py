"""What PostgreSQL's client says went wrong, as a person can use it."""


def reason(error: Exception) -> str:
    """The first line of it, without the address in front, the question behind and the full stop."""
    return str(error).strip().splitlines()[0].split("failed: ")[-1].removeprefix("FATAL:").strip().rstrip(".")
