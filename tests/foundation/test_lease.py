import threading

from jpmirai_compliance.foundation.lease import lease


def test_one_holds_it_others_do_not_and_it_is_free_afterwards(engine, settings):
    folder = settings.instance_path
    for _ in range(5):
        with lease(engine, folder, "calendar") as first, lease(engine, folder, "calendar") as other:
            assert (first, other) == (True, False)
            with lease(engine, folder, "outbox") as third:
                assert third


def test_a_lease_does_not_stay_with_a_connection_of_the_pool(engine, settings):
    """On PostgreSQL a lock lives as long as its connection, and pools keep connections."""
    taken = []
    with lease(engine, settings.instance_path, "calendar") as held, engine.connect():
        assert held
    with engine.connect(), engine.connect():  # whichever connections the pool kept

        def elsewhere():
            with lease(engine, settings.instance_path, "calendar") as found:
                taken.append(found)

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join(timeout=10)
    assert taken == [True]


def test_an_error_inside_lets_go_of_it(engine, settings):
    try:
        with lease(engine, settings.instance_path, "calendar"):
            raise ValueError
    except ValueError:
        pass
    with lease(engine, settings.instance_path, "calendar") as held:
        assert held


def test_two_instances_on_one_machine_have_a_lease_each(engine, settings, tmp_path):
    if engine.dialect.name != "sqlite":
        return  # there the database is what they share
    with lease(engine, tmp_path / "a", "x") as one, lease(engine, tmp_path / "b", "x") as two:
        assert (one, two) == (True, True)
