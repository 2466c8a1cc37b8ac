"""Other commands find the parts of the demo that runs on the same folder, and only of one that runs."""

import os

import pytest

from madoguchi.demo import running


def test_the_parts_of_a_running_demo_are_adopted(tmp_path, monkeypatch):
    monkeypatch.delenv("MADOGUCHI_SMTP_URL", raising=False)
    monkeypatch.setenv("PORT", "9999")
    running.adopt(tmp_path)
    with running.alone(tmp_path, address="http://127.0.0.1:8000/"):
        running.tell(tmp_path, {"MADOGUCHI_SMTP_URL": "smtp://127.0.0.1:4711", "PORT": "8000"})
        running.adopt(tmp_path)
    assert os.environ["MADOGUCHI_SMTP_URL"] == "smtp://127.0.0.1:4711"
    assert os.environ["PORT"] == "9999", "what somebody says counts"
    monkeypatch.delenv("MADOGUCHI_SMTP_URL")
    running.adopt(tmp_path)
    assert "MADOGUCHI_SMTP_URL" not in os.environ, "it runs no more"
    assert (tmp_path / "parts.json").stat().st_mode & 0o077 == 0


def test_two_demos_do_not_run_on_one_folder(tmp_path):
    with (
        running.alone(tmp_path, address="here"),
        pytest.raises(running.CannotRun),
        running.alone(tmp_path, address="x"),
    ):
        pass
