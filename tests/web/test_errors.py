import pytest
from django.test import Client

from visamatch.web.views import start


def test_an_address_that_leads_nowhere(read):
    assert "There is nothing at this address" in read("/nowhere/", status=404)


def test_a_failure_of_our_own_promises_only_what_is_true(client, db, monkeypatch):
    monkeypatch.setattr(start, "assess_all", lambda *_: 1 / 0)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "The failure is ours" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained():
    answer = Client(enforce_csrf_checks=True).post("/list/add/", {"program": "x"})
    assert answer.status_code == 403
    assert "load the page again" in answer.content.decode()


def test_reading_a_form_address_is_refused(client, db):
    assert client.get("/list/add/").status_code == 405
