"""A file of usage on its way in: received, checked, confirmed, stored; the same from console, command and folder."""
