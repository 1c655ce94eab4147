"""When and where something was measured, as cards and benchmark files tell it."""

import os
import platform
from datetime import UTC, datetime


def provenance() -> dict[str, str]:
    """Time of day in UTC, and the machine in words."""
    return {
        "finished": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }
