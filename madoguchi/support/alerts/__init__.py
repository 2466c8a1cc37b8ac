"""``/my/alerts/``: what to be told of the usage of one's contracts."""
