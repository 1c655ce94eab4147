"""What was measured of speed and size beside what it must be, as a table for the README."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HEAD = (
    "| medians on two cores, each row of one run | this app | floor | usual design | must | met |\n"
    "|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Row:
    """One line: what was measured, of which app, and the bounds that hold for it."""

    what: str
    ours: str
    floor: str = ""
    usual: str = ""
    must: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        """The line in Markdown."""
        met = {None: "", True: "yes", False: "no"}[self.met]
        cells = (self.what, f"**{self.ours}**", self.floor, self.usual, self.must, met)
        return f"| {' | '.join(cells)} |"


def table(result: dict[str, Any]) -> str:
    """Markdown: a row for each part that was measured, none for the others."""
    rows = [row for part, make in ROWS.items() if part in result for row in make(result[part])]
    return "\n".join([HEAD, *map(str, rows)])


def _start(part: dict[str, Any]) -> Sequence[Row]:
    rows = []
    for key, what, of_floor, of_usual in (
        ("seconds_to_canvas", "server started until the canvas can be drawn on", 1.15, None),
        ("seconds_to_first", "server started until the first digit is read", 1.2, 0.5),
    ):
        measured = {name: part.get(name, {}).get(key) for name in ("app", "floor", "usual")}
        ours, floor, usual = measured.values()
        if ours is None:
            continue
        to_floor = ours / floor
        must, met = f"at most {of_floor} of the floor; it is {to_floor:.2f}", to_floor <= of_floor
        if of_usual and usual:
            must += f", at most {of_usual} of the usual design; it is {ours / usual:.2f}"
            met = met and ours / usual <= of_usual
        rows.append(Row(what, f"{ours} s", f"{floor} s", f"{usual} s" if usual else "", must, met))
    return rows


def _stroke(part: dict[str, Any]) -> Sequence[Row]:
    rows = []
    for key, what, most in (
        ("median_ms", "stroke end until the page shows the new digit", 1.2),
        ("p95_ms", "the same, 95th percentile", 1.5),
    ):
        ours, floor, usual = (part[name][key] for name in ("app", "floor", "usual"))
        must = f"at most {most} of the floor; it is {ours / floor:.2f}"
        met = ours / floor <= most
        rows.append(Row(what, f"{ours} ms", f"{floor} ms", f"{usual} ms", must, met))
    ours, floor, usual = (part[name]["first_reading_mb"] for name in ("app", "floor", "usual"))
    must = f"at most 90 MB over the floor; it is {ours - floor} MB"
    what = "memory of the server after the first reading"
    memory = Row(what, f"{ours} MB", f"{floor} MB", f"{usual} MB", must, ours - floor <= 90)
    return [memory, *rows]


def _load(part: dict[str, Any]) -> Sequence[Row]:
    app, floor, visitors = part["app"], part["floor"], part["visitors"]
    readings, more = app["together"]["n"], app["memory_mb"] - floor["memory_mb"]
    where = "all their browsers being on the same two cores"
    return [
        _slower(part, where),
        Row(
            f"memory of the server after {readings:,} readings by {visitors} visitors",
            f"{app['memory_mb']} MB",
            f"{floor['memory_mb']} MB",
            "",
            f"at most 200 MB over the floor; it is {more} MB",
            more <= 200,
        ),
    ]


def _among(part: dict[str, Any]) -> Sequence[Row]:
    return [_slower(part, "the others' browsers being elsewhere")]


def _slower(part: dict[str, Any], where: str) -> Row:
    """How much longer than alone one of many visitors waits."""
    app, floor = part["app"], part["floor"]
    ours, bare = (a["together"]["p95_ms"] for a in (app, floor))
    slower, floor_slower = ours / app["alone"]["p95_ms"], bare / floor["alone"]["p95_ms"]
    return Row(
        f"the same among {part['visitors']} visitors, {where}",
        f"{ours} ms",
        f"{bare} ms",
        "",
        f"at most 3 times one visitor's; it is {slower:.2f}, the floor's {floor_slower:.2f}",
        slower <= 3,
    )


def _process(part: dict[str, Any]) -> Sequence[Row]:
    ours, usual = part["seconds"], part["tensorflow_seconds"]
    must = f"at most 0.12 of TensorFlow's; it is {ours / usual:.2f}"
    what = "`python -m model --single digit.png`, whole process"
    return [Row(what, f"{ours} s", "", f"{usual} s", must, ours / usual <= 0.12)]


def _reading(part: dict[str, Any]) -> Sequence[Row]:
    ours, usual = part["reading_ms"], part["predict_ms"]
    must = f"under 3 ms, at most 0.03 of `model.predict` alone; it is {ours / usual:.3f}"
    what = "one reading in Python of a 280x280 drawing"
    return [Row(what, f"{ours} ms", "", f"{usual} ms", must, ours < 3 and ours / usual <= 0.03)]


def _folder(part: dict[str, Any]) -> Sequence[Row]:
    what, rate = f"folder of {part['images']:,} small images, whole process", part["a_second"]
    return [Row(what, f"{rate:,} a second", must="at least 1,000 a second", met=rate >= 1000)]


def _photo(part: dict[str, Any]) -> Sequence[Row]:
    ms, mb = part["reading_ms"], part["peak_mb"]
    what = "photo of 12 megapixels: time of a reading, peak memory of the process"
    return [
        Row(what, f"{ms} ms, {mb} MB", must="under 250 ms, under 400 MB", met=ms < 250 and mb < 400)
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
    "among": _among,
    "load": _load,
    "process": _process,
    "reading": _reading,
    "folder": _folder,
    "photo": _photo,
    "network": _network,
    "size": _size,
}
