from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """argon2id at 19 MiB, two passes, one lane: OWASP's second recommended setting."""

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1
