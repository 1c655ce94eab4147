"""When and where something was measured, as cards and benchmark files tell it."""

import os
import platform
from datetime import datetime, timezone


def provenance() -> dict[str, str]:
    """Time of day in UTC, and the machine in words."""
    return {
        "finished": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }
