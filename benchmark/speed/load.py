"""Load from visitors whose browsers are elsewhere: the recorded messages of one, sent by many.

Twenty browsers and the server on two cores would measure the browsers. Instead, the messages of a
real page are recorded and sent again to the server, each visitor in a session of its own; they
receive the answers and paint nothing.
"""

import asyncio
import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, WebSocket
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from benchmark.speed.browser import ROOT, Server

STREAM = "/_stcore/stream"


@dataclass
class Recording:
    """The messages of a page to its server, each with its seconds from the first."""

    messages: list[tuple[float, bytes]] = field(default_factory=list)
    _begun: float = field(default=0.0, init=False)

    def listen(self, page: Page) -> None:
        """Record what this page sends from now on; call it before it goes to the server."""
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        if STREAM in socket.url:
            socket.on("framesent", self._sent)

    def _sent(self, payload: str | bytes) -> None:
        now = time.monotonic()
        if not self.messages:
            self._begun = now
        content = payload.encode() if isinstance(payload, str) else payload
        self.messages.append((now - self._begun, content))

    def save(self, file: Path) -> None:
        """Write the messages for the process that sends them again."""
        encoded = [(at, base64.b64encode(content).decode()) for at, content in self.messages]
        file.write_text(json.dumps(encoded))

    @classmethod
    def load(cls, file: Path) -> "Recording":
        """Return what `save` wrote."""
        return cls(
            [(at, base64.b64decode(content)) for at, content in json.loads(file.read_text())]
        )


@contextmanager
def replayed(server: Server, file: Path, visitors: int, apart: float) -> Iterator[None]:
    """Let visitors send a recording again, each `apart` seconds after the one before.

    Raises RuntimeError where one was shown an error, or was not answered.
    """
    command = [sys.executable, "-m", "benchmark.speed.load", server.address, str(file)]
    command += [str(visitors), str(apart)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        yield
        _, trouble = process.communicate()
    finally:
        process.kill()
    if process.returncode:
        raise RuntimeError(f"a replayed visitor was not served:\n{trouble}")


async def replay(address: str, recording: Recording, wait: float) -> None:
    """Act as one visitor, from the opening of the page to the last answer."""
    await asyncio.sleep(wait)
    begun = time.monotonic()
    where = address.replace("http", "ws", 1) + STREAM
    async with connect(
        where, origin=Origin(address), subprotocols=[Subprotocol("streamlit")], max_size=None
    ) as socket:
        listener = asyncio.create_task(_listen(socket))
        for at, content in recording.messages:
            await asyncio.sleep(max(0.0, begun + at - time.monotonic()))
            await socket.send(content)
        await asyncio.sleep(1)
    finished = await listener
    if finished < 0.8 * len(recording.messages):
        raise RuntimeError(f"{finished} answers to {len(recording.messages)} messages")


async def _listen(socket: ClientConnection) -> int:
    """Return how many runs of the page the answers report. Raises RuntimeError for an error."""
    finished = 0
    async for content in socket:
        message = ForwardMsg.FromString(content if isinstance(content, bytes) else content.encode())
        kind = message.WhichOneof("type")
        finished += kind == "script_finished"
        if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            raise RuntimeError(message.delta.new_element.exception.message)
    return finished


async def _all(address: str, file: Path, visitors: int, apart: float) -> None:
    recording = Recording.load(file)
    await asyncio.gather(*(replay(address, recording, apart * k) for k in range(visitors)))


if __name__ == "__main__":
    asyncio.run(_all(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
