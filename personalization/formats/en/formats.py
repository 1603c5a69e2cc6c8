"""How pages write days and times, the same everywhere: 21 Nov 2026, 21 Nov 2026 14:23 UTC."""

DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y H:i e"
