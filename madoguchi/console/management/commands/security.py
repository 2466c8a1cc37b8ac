"""``madoguchi security``: which requirements of NIST SP 800-63B-4 and ASVS 5.0 the running settings meet."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override

from madoguchi.console.security.assessment import Finding, assess
from madoguchi.console.security.requirement import counts

_MARKS = {"yes": "met", "partly": "partly", "no": "NOT MET"}


class Command(BaseCommand):
    help = "Say which requirements of NIST SP 800-63B-4 and OWASP ASVS 5.0 this installation meets, and why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--language", choices=("en", "ja"), default="en")

    def handle(self, *args: Any, format: str, language: str, **options: Any) -> None:
        with override(language):
            findings = assess()
            self.stdout.write(_json(findings) if format == "json" else _text(findings))


def _json(findings: list[Finding]) -> str:
    rows = [
        {
            "standard": str(finding.requirement.standard.label),
            "id": finding.requirement.number,
            "level": finding.requirement.level,
            "requirement": str(finding.requirement.text),
            "met": finding.met.value,
            "reason": str(finding.verdict.reason),
            "remedy": str(finding.verdict.remedy),
        }
        for finding in findings
    ]
    return json.dumps({"counts": counts(finding.met for finding in findings), "requirements": rows}, ensure_ascii=False)


def _text(findings: list[Finding]) -> str:
    lines = []
    for finding in findings:
        asked = finding.requirement
        lines.append(f"{_MARKS[finding.met]:8} {asked.standard.label} {asked.number} ({asked.level}): {asked.text}")
        lines.append(f"         {finding.verdict.reason}")
        if finding.verdict.remedy:
            lines.append(f"         -> {finding.verdict.remedy}")
    number = counts(finding.met for finding in findings)
    return "\n".join([*lines, ", ".join(f"{_MARKS[met]}: {count}" for met, count in number.items())])
