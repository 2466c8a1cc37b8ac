"""The notice or report a console address names, or 404."""

from django.shortcuts import get_object_or_404

from madoguchi.notices.models import Notice, Report


def notice(notice_id: int) -> Notice:
    return get_object_or_404(Notice.objects.prefetch_related("services", "windows", "reports"), pk=notice_id)


def report(notice_id: int, report_id: int) -> Report:
    """``report_id`` counts only as a report of ``notice_id``."""
    return get_object_or_404(Report.objects.select_related("notice"), pk=report_id, notice_id=notice_id)
