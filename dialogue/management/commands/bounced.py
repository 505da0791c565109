"""bounced: a letter that came back is read from standard input, and whoever invited sees it."""

import email
import email.policy
import re
import sys
import uuid
from typing import Any

from django.core.management.base import BaseCommand

from dialogue.convening.actions.invitations import bounced
from dialogue.management.events import require_tables

OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")  # the Message-ID that our letters carry
MOST_BYTES = 4 * 1024 * 1024


class Command(BaseCommand):
    """A notice of failed delivery (RFC 3464), as a mail server pipes it."""

    help = "Read a mail that came back (a notice of failed delivery) from standard input, and mark its invitation."

    def handle(self, *args: Any, **options: Any) -> None:
        """Django’s own: what the command does. A mail that is none of ours changes nothing."""
        require_tables()
        notice = email.message_from_bytes(sys.stdin.buffer.read(MOST_BYTES), policy=email.policy.default)
        known = next((pk for pk in self.letters(notice) if bounced(pk)), None)
        self.stdout.write(f"The letter {known} is marked as come back." if known else "No invitation was in it.")

    def letters(self, notice: Any) -> list[uuid.UUID]:
        """The letters that a notice names: in the mail that it returns, in what it answers."""
        failed = notice.get_content_type() == "multipart/report" or "delivery-status" in notice.as_string()[:20_000]
        return [uuid.UUID(one) for one in dict.fromkeys(OURS.findall(notice.as_string()))] if failed else []
