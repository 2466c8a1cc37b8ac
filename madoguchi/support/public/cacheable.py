"""Where this decorator was."""

from madoguchi.shell.cacheable import public_page

__all__ = ["public_page"]
