"""The impact in a sentence each for customers and past calls, with its margin where only a sample was asked."""

from math import sqrt

# 95 in 100 samples lie as near to the truth.
_Z = 1.96


def summary(*, asked: int, changed: int, total: int, is_sample: bool) -> str:
    """How many of `total` customers would be answered differently, when `changed` of those `asked` would."""
    if asked == 0:
        return "There is no active customer with a number yet, so nobody would be answered differently."
    if not is_sample:
        return f"{changed:,} of {asked:,} customers would be answered differently."
    low, high = margin(asked=asked, changed=changed, total=total)
    return (
        f"About {round(changed * total / asked):,} of {total:,} customers would be answered differently "
        f"(between {low:,} and {high:,}, by a sample of {asked:,} of {total:,}: {changed:,} in it)."
    )


def calls_summary(*, asked: int, changed: int) -> str:
    """How many of the last calls would be answered differently, when `changed` of those `asked` would."""
    match asked:
        case 0:
            return "No call has come in yet."
        case 1:
            return f"The last call would {'' if changed else 'not '}be answered differently."
        case _:
            return f"{changed:,} of the last {asked:,} calls would be answered differently."


def margin(*, asked: int, changed: int, total: int) -> tuple[int, int]:
    """Between which numbers of `total` the truth lies, with 95 % confidence (Wilson's score interval, 1927)."""
    share = changed / asked
    spread = _Z**2 / asked
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * sqrt(share * (1 - share) / asked + spread / (4 * asked)) / (1 + spread)
    # What was seen is certain.
    low, high = round((middle - half) * total), round((middle + half) * total)
    return max(low, changed), min(high, total - (asked - changed))
