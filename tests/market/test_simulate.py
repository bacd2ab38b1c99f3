import os
import signal

import numpy as np
import pytest

from visamatch.errors import InputError
from visamatch.market import simulate
from visamatch.market.scenarios import save


@pytest.fixture(autouse=True)
def _one_season_a_part(monkeypatch):
    monkeypatch.setattr(simulate, "PART", 1)


def quiet(done, of):
    pass


def file_bytes(tmp_path, made):
    save(made, tmp_path / "made.npz")
    return (tmp_path / "made.npz").read_bytes()


@pytest.fixture(scope="module")
def here():
    return simulate.simulate(3, 11, simulate.in_process, None, quiet)


def test_a_pool_makes_the_same_bytes(here, tmp_path):
    there = simulate.simulate(3, 11, simulate.pool(2), None, quiet)
    assert file_bytes(tmp_path, there) == file_bytes(tmp_path, here)


def test_a_cluster_that_loses_a_worker_makes_the_same_bytes(here, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster:
        victim = next(iter(cluster.workers.values())).pid

        def kill_one(done, of):
            if done == 1:
                os.kill(victim, signal.SIGKILL)

        there = simulate.simulate(3, 11, simulate.dask(cluster.scheduler_address), None, kill_one)
    assert file_bytes(tmp_path, there) == file_bytes(tmp_path, here)


def test_a_broken_run_goes_on_where_it_stopped(here, tmp_path):
    def breaks(work, parts):
        yield work(parts[0])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate.simulate(3, 11, breaks, tmp_path, quiet)
    told = []
    made = simulate.simulate(
        3, 11, simulate.in_process, tmp_path, lambda done, of: told.append(done)
    )
    assert told == [1, 2, 3]
    assert file_bytes(tmp_path, made) == file_bytes(tmp_path, here)


def test_verify_finds_a_season_that_was_changed(here):
    assert simulate.verify(here, 2) == []
    here.match[2, 5] ^= 1
    try:
        assert simulate.verify(here, 3) == [2]
    finally:
        here.match[2, 5] ^= 1


def test_wrong_input_is_named(here):
    with pytest.raises(InputError, match="--scenarios"):
        simulate.simulate(0, 1, simulate.in_process, None, quiet)
    with pytest.raises(InputError, match="--dask"):
        list(simulate.dask("nonsense://nowhere")(np.sum, [(1,)]))
