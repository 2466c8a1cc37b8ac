"""``madoguchi doctor``: does this installation work, and what to do where it does not. A module per thing looked at."""
