"""The ``madoguchi`` command: Django's management commands under the product's name."""

import os
import sys

from madoguchi.lib.environment import WrongSetting


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")
    from django.core.management import execute_from_command_line

    try:
        if not os.environ.get("DATABASE_URL") and os.environ.get("MADOGUCHI_MODE", "demo") == "demo":
            from madoguchi.demo import embedded, running

            if embedded.needed_by(sys.argv):
                running.adopt(embedded.data_folder().parent / "demo")
                embedded.start_for_this_process()
        execute_from_command_line(["madoguchi", *sys.argv[1:]])
    except WrongSetting as error:
        sys.exit(f"madoguchi: {error}")


if __name__ == "__main__":
    main()
