"""Writing mail and sending it."""

import smtplib
import uuid
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from dialogue.due import actions as due
from dialogue.mail.models import Mail

NEVER = range(500, 600)  # SMTP's answers that no later try changes (RFC 5321, 4.2.1)


def write(
    template: str, to: str, language: str, told: dict[str, Any], *, calendar: str = "", answer_to: str = ""
) -> Mail:
    """Write a letter from `mail/<template>.txt` (first line: the subject) and `.html`, and have it sent."""
    with override(language):
        subject, _blank, text = render_to_string(f"mail/{template}.txt", told).strip().partition("\n")
        html = render_to_string(f"mail/{template}.html", told)
    mail = Mail.objects.create(
        to=to, language=language, subject=" ".join(subject.split()), text=text.strip() + "\n", html=html,
        calendar=calendar, answer_to=answer_to,
    )  # fmt: skip
    due.put("mail", mail.pk)
    return mail


def text(template: str, language: str, told: dict[str, Any]) -> str:
    """What a letter would say, with its subject as the first line."""
    with override(language):
        return render_to_string(f"mail/{template}.txt", told).strip()


def take_back(mail: Mail) -> None:
    """A letter that has not gone out yet goes nowhere."""
    Mail.objects.filter(pk=mail.pk, sent_at=None).delete()


def was_sent(address: str) -> bool:
    """Whether any letter to that address went out."""
    return bool(address) and Mail.objects.filter(to__iexact=address, sent_at__isnull=False).exists()


def forget(address: str) -> None:
    """No letter to that address is kept, nor does one go out that has not yet."""
    Mail.objects.filter(to__iexact=address).delete()


def send(pk: uuid.UUID) -> None:
    """Send a letter and forget what it said. In a demo it stays on its page, and nothing is sent.

    Raises Hopeless where the mail server refuses it for good, OSError or smtplib's errors where it may work later.
    """
    mail = Mail.objects.filter(pk=pk, sent_at=None).first()
    if mail is None or settings.DEMO:
        return
    if mail.to:
        deliver(mail)
    Mail.objects.filter(pk=pk).update(sent_at=timezone.now(), subject="", text="", html="", calendar="")


def deliver(mail: Mail) -> None:
    """Hand it to the mail server. Raises as `send` does."""
    sender, (_local, _at, domain) = settings.DEFAULT_FROM_EMAIL, settings.DEFAULT_FROM_EMAIL.strip(">").rpartition("@")
    headers = {"Message-ID": f"<{mail.pk}@{domain or 'localhost'}>", "Auto-Submitted": "auto-generated"}
    answer_to = [mail.answer_to] if mail.answer_to else None
    letter = EmailMultiAlternatives(mail.subject, mail.text, sender, [mail.to], headers=headers, reply_to=answer_to)
    letter.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        letter.attach("event.ics", mail.calendar, "text/calendar")
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as problem:
        if all(code in NEVER for code, _why in problem.recipients.values()):
            raise due.Hopeless from problem
        raise
    except smtplib.SMTPResponseException as problem:
        if problem.smtp_code in NEVER and not isinstance(problem, smtplib.SMTPAuthenticationError):
            raise due.Hopeless from problem
        raise


due.kinds["mail"] = send
