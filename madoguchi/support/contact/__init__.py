"""Writing to the operator: ``/contact/`` and the page behind the link in its mails."""
