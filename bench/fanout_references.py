"""What the fan-out is measured against, each into the same sink."""

import json
import os
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path


def a_letter() -> dict[str, str]:
    """One letter of the mailing just sent: the whole message, and the parts another program would be given."""
    from madoguchi.delivery.compose import DATE, MESSAGE_ID, TO, compose
    from madoguchi.delivery.models import Letter
    from madoguchi.delivery.renderers import SLOT, render

    letter = Letter.objects.select_related("mailing").filter(language="ja").earliest("id")
    draft = render(letter.mailing.renderer, letter.mailing.reference, "ja", "full")
    values = {
        **letter.personal,
        TO: letter.address,
        DATE: "Sun, 22 Nov 2026 14:05:00 +0900",
        MESSAGE_ID: "<1@aoba.example>",
    }
    raw = compose(draft, language="ja", feedback_id="1:notices.report:madoguchi").splice(values)

    def filled(text: str) -> str:
        return SLOT.sub(lambda match: values[match[1]], text)

    return {
        "raw": raw.decode(),
        "subject": filled(draft.subject),
        "text": filled(draft.text),
        "html": filled(draft.html or ""),
        "sender": draft.sender,
        "headers": json.dumps([(name, filled(value)) for name, value in draft.headers if filled(value)]),
    }


def smtp_source(letters: int, *, port: int, connections: int, size: int) -> float:
    """Letters a second of Postfix's generator: ``connections`` kept open, messages of ``size`` bytes in all."""
    payload = size - 250  # it puts about so many before it by itself
    command = ["smtp-source", "-d", "-s", str(connections), "-m", str(letters), "-l", str(payload)]
    began = time.perf_counter()
    subprocess.run([*command, "-f", "notice@aoba.example", "-t", "a@example.jp", f"127.0.0.1:{port}"], check=True)
    return letters / (time.perf_counter() - began)


def smtplib_one_by_one(letters: int, *, port: int, letter: dict[str, str]) -> float:
    """Letters a second of the standard library: one connection, a message built for each recipient."""
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as relay:
        for number in range(letters):
            message = EmailMessage()
            message["From"], message["To"] = letter["sender"], f"customer{number}@example.jp"
            message["Subject"] = letter["subject"]
            for name, value in json.loads(letter["headers"]):
                message[name] = value
            message.set_content(letter["text"])
            message.add_alternative(letter["html"], subtype="html")
            relay.send_message(message)
    return letters / (time.perf_counter() - began)


def post_office(letters: int, *, port: int, letter: dict[str, str]) -> float:
    """Letters a second of django-post_office: queued by ``send_many``, sent by ``send_queued``, its settings its own.

    In a process and a database of its own, because it is another Django project.
    """
    environment = {**os.environ, "BENCH_PORT": str(port), "BENCH_LETTER": json.dumps(letter)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("post_office_project.py")), str(letters)],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    return letters / float(ran.stdout.split()[-1])
