"""A Django project that has django-post_office and nothing else; prints the seconds it took to queue and send."""

import json
import logging
import os
import sys
import time
from urllib.parse import parse_qs, urlsplit

import django
import psycopg
from django.conf import settings


def main(letters: int) -> None:
    url = urlsplit(os.environ["DATABASE_URL"])
    host = parse_qs(url.query).get("host", [url.hostname or ""])[0]
    server = {"HOST": host, "PORT": str(url.port or ""), "USER": url.username or "", "PASSWORD": url.password or ""}
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench_post_office WITH (FORCE)")
        connection.execute("CREATE DATABASE bench_post_office ENCODING 'UTF8' TEMPLATE template0")
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "bench_post_office", **server}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        EMAIL_BACKEND="post_office.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=int(os.environ["BENCH_PORT"]),
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SECRET_KEY="bench",  # noqa: S106
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from post_office import mail

    logging.disable(logging.INFO)  # its lines are not read here
    letter = json.loads(os.environ["BENCH_LETTER"])
    headers = dict(json.loads(letter["headers"]))
    began = time.perf_counter()
    mail.send_many(
        [
            {
                "recipients": [f"customer{number}@example.jp"],
                "sender": letter["sender"],
                "subject": letter["subject"],
                "message": letter["text"],
                "html_message": letter["html"],
                "headers": headers,
            }
            for number in range(letters)
        ]
    )
    while sum(mail.send_queued(log_level=0)):
        pass
    sys.stdout.write(f"{time.perf_counter() - began}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
