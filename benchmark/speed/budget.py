"""Measured speed and size beside their targets, as a table for the documentation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SPEED_HEAD = (
    "| median on two cores | this app | blank page | baseline | target | met |\n"
    "|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Row:
    """One line: what was measured, of which app, and its target."""

    what: str
    ours: str
    blank: str = ""
    baseline: str = ""
    target: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        """Return the line in Markdown."""
        met = {None: "", True: "yes", False: "no"}[self.met]
        cells = (self.what, f"**{self.ours}**", self.blank, self.baseline, self.target, met)
        return f"| {' | '.join(cells)} |"


def speed_table(result: dict[str, Any]) -> str:
    """Return the table in Markdown: a row for each part that was measured, none for the others."""
    rows = [row for part, make in ROWS.items() if part in result for row in make(result[part])]
    return "\n".join([SPEED_HEAD, *map(str, rows)])


def _start(part: dict[str, Any]) -> Sequence[Row]:
    rows = []
    for key, what, of_blank, of_baseline in (
        ("seconds_to_canvas", "server started until the canvas can be drawn on", 1.15, None),
        ("seconds_to_first", "server started until the first digit is read", 1.2, 0.5),
    ):
        measured = {name: part.get(name, {}).get(key) for name in ("app", "blank", "baseline")}
        ours, blank, baseline = measured.values()
        if ours is None:
            continue
        to_blank = ours / blank
        target, met = (
            f"at most {of_blank} of the blank page; it is {to_blank:.2f}",
            to_blank <= of_blank,
        )
        if of_baseline and baseline:
            target += f", at most {of_baseline} of the baseline; it is {ours / baseline:.2f}"
            met = met and ours / baseline <= of_baseline
        rows.append(
            Row(what, f"{ours} s", f"{blank} s", f"{baseline} s" if baseline else "", target, met)
        )
    return rows


def _stroke(part: dict[str, Any]) -> Sequence[Row]:
    rows = []
    for key, what, most in (
        ("median_ms", "stroke end until the page shows the new digit", 1.2),
        ("p95_ms", "the same, 95th percentile", 1.5),
    ):
        ours, blank, baseline = (part[name][key] for name in ("app", "blank", "baseline"))
        target = f"at most {most} of the blank page; it is {ours / blank:.2f}"
        met = ours / blank <= most
        rows.append(Row(what, f"{ours} ms", f"{blank} ms", f"{baseline} ms", target, met))
    ours, blank, baseline = (
        part[name]["first_reading_mb"] for name in ("app", "blank", "baseline")
    )
    target = f"at most 90 MB over the blank page; it is {ours - blank} MB"
    what = "memory of the server after the first reading"
    memory = Row(what, f"{ours} MB", f"{blank} MB", f"{baseline} MB", target, ours - blank <= 90)
    return [memory, *rows]


def _visitors_here(part: dict[str, Any]) -> Sequence[Row]:
    app, blank, visitors = part["app"], part["blank"], part["visitors"]
    readings, more = app["together"]["n"], app["memory_mb"] - blank["memory_mb"]
    where = "all browsers on the same two cores"
    return [
        _slower(part, where),
        Row(
            f"memory of the server after {readings:,} readings by {visitors} visitors",
            f"{app['memory_mb']} MB",
            f"{blank['memory_mb']} MB",
            "",
            f"at most 200 MB over the blank page; it is {more} MB",
            more <= 200,
        ),
    ]


def _visitors_elsewhere(part: dict[str, Any]) -> Sequence[Row]:
    return [_slower(part, "the others' browsers elsewhere")]


def _slower(part: dict[str, Any], where: str) -> Row:
    """Return how much longer than alone one of many visitors waits."""
    app, blank = part["app"], part["blank"]
    ours, bare = (a["together"]["p95_ms"] for a in (app, blank))
    slower, blank_slower = ours / app["alone"]["p95_ms"], bare / blank["alone"]["p95_ms"]
    return Row(
        f"the same among {part['visitors']} visitors, {where}",
        f"{ours} ms",
        f"{bare} ms",
        "",
        f"at most 3 times one visitor's; it is {slower:.2f}, the blank page's {blank_slower:.2f}",
        slower <= 3,
    )


def _process(part: dict[str, Any]) -> Sequence[Row]:
    ours, baseline = part["seconds"], part["tensorflow_seconds"]
    target = f"at most 0.12 of TensorFlow's; it is {ours / baseline:.2f}"
    what = "`python -m model --single digit.png`, whole process"
    return [Row(what, f"{ours} s", "", f"{baseline} s", target, ours / baseline <= 0.12)]


def _reading(part: dict[str, Any]) -> Sequence[Row]:
    ours, baseline = part["reading_ms"], part["predict_ms"]
    target = f"under 3 ms, at most 0.03 of `model.predict` alone; it is {ours / baseline:.3f}"
    what = "one reading in Python of a 280x280 drawing"
    return [
        Row(what, f"{ours} ms", "", f"{baseline} ms", target, ours < 3 and ours / baseline <= 0.03)
    ]


def _folder(part: dict[str, Any]) -> Sequence[Row]:
    what, rate = f"folder of {part['images']:,} small images, whole process", part["a_second"]
    return [Row(what, f"{rate:,} a second", target="at least 1,000 a second", met=rate >= 1000)]


def _photo(part: dict[str, Any]) -> Sequence[Row]:
    ms, mb = part["reading_ms"], part["peak_mb"]
    what = "photo of 12 megapixels: time of a reading, peak memory of the process"
    return [
        Row(
            what,
            f"{ms} ms, {mb} MB",
            target="under 250 ms, under 400 MB",
            met=ms < 250 and mb < 400,
        )
    ]


def _network(part: dict[str, Any]) -> Sequence[Row]:
    what = f"one LiteRT call for one digit, {part['multiply_adds'] / 1e6:.1f} million multiply-adds"
    return [Row(what, f"{part['call_us']} µs", f"{part['limit_us']} µs of pure arithmetic")]


def _size(part: dict[str, Any]) -> Sequence[Row]:
    serving, whole = part["requirements_serve_mb"], part["requirements_mb"]
    return [
        Row("requirements-serve.txt installed: reading and serving", f"{serving:,} MB"),
        Row("requirements.txt installed: training too", f"{whole:,} MB"),
        Row("the app itself, models included", f"{part['app_mb']} MB"),
    ]


ROWS = {
    "start": _start,
    "stroke": _stroke,
    "visitors_elsewhere": _visitors_elsewhere,
    "visitors_here": _visitors_here,
    "process": _process,
    "reading": _reading,
    "folder": _folder,
    "photo": _photo,
    "network": _network,
    "size": _size,
}
