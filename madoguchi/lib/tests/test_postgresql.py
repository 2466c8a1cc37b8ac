"""A kept connection whose server has gone is noticed before a request uses it, without asking the server."""

import psycopg
import pytest
from django.db import OperationalError, connection

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_connection_that_stands_is_usable_and_not_asked(django_assert_num_queries):
    connection.ensure_connection()
    with django_assert_num_queries(0):
        assert connection.is_usable()


def test_one_the_server_has_ended_is_not():
    connection.ensure_connection()
    ours = connection.connection.info.backend_pid
    beside = connection.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [ours])
    finally:
        beside.close()
    assert not connection.is_usable()
    connection.close()
    connection.ensure_connection()
    assert connection.is_usable()


def test_one_closed_here_is_not():
    connection.ensure_connection()
    connection.connection.close()
    assert not connection.is_usable()
    connection.close()


def test_after_a_failure_it_is_asked():
    connection.ensure_connection()
    with pytest.raises(OperationalError), connection.wrap_database_errors:
        raise psycopg.OperationalError("the line was cut")
    assert connection.errors_occurred
    assert connection.is_usable()
    connection.errors_occurred = False
