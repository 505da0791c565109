"""The door of a process's hub: pages come in storms, so those who knock together are asked for together."""

import asyncio
from typing import TYPE_CHECKING, Any

from dialogue.live import doors
from dialogue.live.doors import Answer, Knock

if TYPE_CHECKING:
    from dialogue.live.hub import Hub

AT_ONCE = 200  # asked for in one go


class Door:
    """Those who wait to be let in."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self.waiting: list[tuple[Knock, asyncio.Future[Answer]]] = []
        self.is_asking = False

    async def knock(self, knock: Knock) -> Answer:
        """What a page is let in as, or the code that it is closed with. Raises what the asking raised."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.waiting.append((knock, answer))
        if not self.is_asking:
            self.is_asking = True
            self.hub.spawn(self.answer_all())
        return await answer

    async def answer_all(self) -> None:
        """Ask for everybody at the door, and for those who come meanwhile."""
        await asyncio.sleep(0)  # let those of the same moment come along
        while self.waiting:
            some, self.waiting = self.waiting[:AT_ONCE], self.waiting[AT_ONCE:]
            answers: list[Any]
            try:
                answers = await self.hub.read(doors.admissions, [knock for knock, _answer in some])
            except Exception as problem:  # the database is away: each of them comes again
                answers = [problem] * len(some)
            for (_knock, waiting), answer in zip(some, answers, strict=True):
                if not waiting.done():
                    waiting.set_exception(answer) if isinstance(answer, Exception) else waiting.set_result(answer)
        self.is_asking = False
