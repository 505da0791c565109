"""Pages that are behind: they came late, stalled, or had no room. Each is given what it missed at its own pace."""

import asyncio
import datetime
import uuid
from collections import defaultdict
from typing import TYPE_CHECKING

from dialogue.live import news
from dialogue.live.doors import SIGNED_OUT
from dialogue.live.news import Frames, Manner
from dialogue.live.page import RESTARTING, Page
from dialogue.live.recent import Recent

if TYPE_CHECKING:
    from dialogue.live.hub import Hub


class Late:
    """What pages missed, read once for all that missed the same."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self.recent = Recent()
        self.readings: dict[tuple[uuid.UUID, Manner], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def begin(self, pages: set[Page]) -> None:
        """Have pages that came, or came back, told what they missed; where nothing was missed nothing is read."""
        if not pages:
            return
        heads = await self.hub.read(news.heads, {stream for page in pages for stream in page.sent})
        for page in pages:
            page.lacks |= {stream for stream, number in page.sent.items() if heads.get(stream, 0) > number}
            if page.lacks:
                self.hub.spawn(self.pump(page))

    async def pump(self, page: Page) -> None:
        """Give a page what it missed, as fast as it acknowledges."""
        if page.is_pumped:
            return
        page.is_pumped = True
        try:
            while page.lacks and page.has_room() and self.hub.is_looked_at(page):
                if page.has_expired(datetime.datetime.now(datetime.UTC)):
                    await self.hub.drop([page], SIGNED_OUT)
                    break
                stream = page.lacks.pop()  # before it is read: what is added meanwhile is not of this reading
                if frames := await self.missed_by(page, stream):
                    page.lacks.add(stream)
                    page.take(stream, frames)
        except Exception:
            await page.close(RESTARTING)  # nothing was lost: it comes again and says where it stands
        finally:
            page.is_pumped = False

    async def missed_by(self, page: Page, stream: uuid.UUID) -> Frames:
        """What follows on what a page has of a stream, a part of it; one reading serves all who missed the same."""
        session, manner = page.admission.session, page.manner(stream)
        async with self.readings[stream, manner]:
            if stream not in page.sent or not self.hub.is_looked_at(page):
                return []
            at, generation = page.sent[stream], self.recent.generation
            if found := self.recent.after(stream, manner, at, page.MOST_OWED):
                return found
            upto = self.hub.watched[session].turn  # the rights of that time were asked; later entries wait for theirs
            found = await self.hub.read(news.missed, session, stream, manner, at, upto)
            self.recent.keep(stream, manner, found, generation)
            return found
