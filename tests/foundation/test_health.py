import shutil

import pytest

from jpmirai_compliance.app import create_app
from jpmirai_compliance.foundation import schema
from jpmirai_compliance.foundation.db import make_engine


def body(answer):
    return answer.text.split()


def test_healthz_says_that_the_process_lives_whatever_else_is_missing(settings, tmp_path):
    nowhere = make_engine("postgresql+psycopg://nobody@/none?host=/nonexistent")
    client = create_app(settings.model_copy(update={"database_url": ""}), nowhere).test_client()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_readyz_is_ready_with_tables_and_folders(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ready\n")


def test_readyz_names_the_database_that_does_not_answer(settings):
    nowhere = make_engine("postgresql+psycopg://nobody@/none?host=/nonexistent")
    answer = create_app(settings, nowhere).test_client().get("/readyz")
    assert (answer.status_code, body(answer)) == (503, ["database"])


def test_readyz_names_tables_that_are_not_up_to_date(app, engine):
    if engine.dialect.name == "postgresql":
        pytest.skip("the cluster's tables are shared by the session's tests")
    schema.unmigrate(engine, "0001")
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, body(answer)) == (503, ["migrations"])


@pytest.mark.parametrize("word", ["storage", "published"])
def test_readyz_names_the_folder_that_cannot_be_written(app, settings, tmp_path, word):
    folder = {"storage": settings.instance_path, "published": settings.published}[word]
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder should be")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert word in body(answer)
    assert set(body(answer)) <= {"storage", "published"}
