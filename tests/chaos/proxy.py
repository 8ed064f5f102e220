"""A TCP proxy that does what networks do: goes silent without closing, and loses answers."""
import asyncio
import random
import threading

# The server's CommandComplete for COMMIT: type, length of the rest, words.
COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"
CHUNK = 65_536


class Proxy:
    """Forwards to a port of this machine. Its own threads do the work; all methods may be called from any."""

    def __init__(self, target: int, seed: int = 1) -> None:
        self.target = target
        self.chance = random.Random(seed)
        self.loses_commits = 0.0  # the chance that the answer to a COMMIT is lost, and the connection with it
        self.lost = 0
        self.frozen = 0
        self.port = 0
        self._pairs: dict[object, asyncio.Event] = {}
        self._blackhole = False
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        threading.Thread(target=self._run, args=(started,), daemon=True).start()
        started.wait()

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)

        async def serve() -> None:
            self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
            self.port = self._server.sockets[0].getsockname()[1]
            started.set()

        self._loop.run_until_complete(serve())
        self._loop.run_forever()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        flows = asyncio.Event()
        flows.set()
        key = object()
        self._pairs[key] = flows
        other = None
        try:
            if self._blackhole:
                flows.clear()
                await flows.wait()
            other_reader, other = await asyncio.open_connection("127.0.0.1", self.target)
            ends = [asyncio.ensure_future(self._pump(reader, other, flows, False)),
                    asyncio.ensure_future(self._pump(other_reader, writer, flows, True))]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            # A connection that has gone silent does not tell of an end either.
            await flows.wait()
            for end in ends:
                end.cancel()
        except OSError:
            pass
        finally:
            self._pairs.pop(key, None)
            for one in (writer, other):
                if one is not None:
                    one.close()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, flows: asyncio.Event,
                    answers: bool) -> None:
        try:
            while data := await source.read(CHUNK):
                if answers and COMMITTED in data and self.chance.random() < self.loses_commits:
                    self.lost += 1
                    return
                await flows.wait()
                target.write(data)
                await target.drain()
        except OSError:
            return

    def freeze(self, new_ones_too: bool = False) -> None:
        """What is connected now carries nothing from here on, and nobody is told."""
        def act() -> None:
            self._blackhole = new_ones_too
            for flows in self._pairs.values():
                self.frozen += flows.is_set()
                flows.clear()
        self._loop.call_soon_threadsafe(act)

    def thaw(self) -> None:
        """What was held back arrives after all."""
        def act() -> None:
            self._blackhole = False
            for flows in self._pairs.values():
                flows.set()
        self._loop.call_soon_threadsafe(act)

    def close(self) -> None:
        async def end() -> None:
            self._server.close()
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            self._loop.stop()
        asyncio.run_coroutine_threadsafe(end(), self._loop)
