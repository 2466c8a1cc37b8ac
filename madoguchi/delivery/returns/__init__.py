"""What comes back of the mail that left: bounces, complaints, and what becomes of the addresses (``docs/delivery.md``).

``path`` writes and reads the addresses mail comes back to, ``receiver`` and ``mailbox`` take it in, ``reading`` says
what it is, ``rules`` what follows, ``take`` does it in one transaction; ``suppression`` keeps the addresses that are
not written to, ``figures`` counts for the console.
"""
