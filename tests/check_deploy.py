"""``python -m tests.check_deploy``: Django's own deployment checks are clean under the production example."""

import sys

from tests.production import environment, madoguchi


def main() -> int:
    result = madoguchi("check", "--deploy", "--fail-level", "WARNING", env=environment())
    sys.stdout.write(result.stdout)
    sys.stderr.write(result.stderr)
    return result.returncode


if __name__ == "__main__":
    sys.exit(main())
