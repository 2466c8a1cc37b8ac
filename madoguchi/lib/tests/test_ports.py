import socket

import pytest

from madoguchi.lib import ports


def test_a_port_is_free_and_told_once():
    told = [ports.free_port() for _time in range(20)]
    assert len(set(told)) == 20
    with socket.create_server(("127.0.0.1", told[0])):
        pass


def test_one_in_use_is_passed_over(monkeypatch):
    with socket.create_server(("127.0.0.1", ports.free_port())) as busy:
        taken = busy.getsockname()[1]
        monkeypatch.setattr(ports, "_RANGE", range(taken, taken + 1))
        monkeypatch.setattr(ports, "_tries", iter(range(1)))
        with pytest.raises(OSError, match="no free port"):
            ports.free_port()
