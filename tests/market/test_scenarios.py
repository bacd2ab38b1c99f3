from dataclasses import replace

import numpy as np
import pytest

from visamatch.errors import InputError
from visamatch.market.scenarios import (
    ANYBODY,
    KINDS,
    MATCH_LOWEST,
    MATCH_STEP,
    NOBODY,
    Scenarios,
    Strength,
    decode,
    encode,
    read,
    save,
)


def toy(seasons: int = 40) -> Scenarios:
    """Three tracks of two programs: one middling, one that nobody reaches, one that takes anybody."""
    at = np.array([0.5, np.inf, -np.inf], np.float32)
    cut = np.array([encode(at)] * seasons)
    low = np.array([encode(at, MATCH_LOWEST, MATCH_STEP)] * seasons)
    return Scenarios(
        tracks=np.array(["1001140C0", "1001140P0", "1002140C0"]),
        programs=np.array(["1001-140", "1002-140"]),
        program_of=np.array([0, 0, 1], np.int32),
        specialties=("internal-medicine",),
        specialty_of=np.zeros(3, np.int32),
        interview=cut,
        match=low,
        openness=np.full((seasons, 2), encode(np.array([0.0], np.float32))[0]),
        handicap=np.zeros((1, len(KINDS)), np.float32),
        season=np.zeros((seasons, len(KINDS)), np.float32),
        late=np.zeros((1, len(KINDS)), np.float32),
        loading=np.array([0, 0, 0, 1, 1, 1], np.float32),
        closed=np.array([0, 0, 0, 0, 1, 1], bool),
        noise_program=np.array([0.6], np.float32),
        noise_interview=0.8,
        signal=0.7,
        step2={"img": {"other": {"mean": 240.0, "sd": 14.0, "r": 0.5}}},
        made={"seed": 1},
    )


def test_codes_keep_values_and_infinities():
    values = np.array([-np.inf, -3.5, 0.0, 1.28, 6.0, np.inf], np.float32)
    back = decode(encode(values))
    assert np.allclose(back[1:5], values[1:5], atol=0.031)
    assert np.isneginf(back[0])
    assert np.isposinf(back[5])
    assert list(encode(np.array([99.0, -99.0], np.float32))) == [254, 1]


def test_infinite_cutoffs_mean_nobody_and_anybody():
    seen = toy().outcomes("non_us_img", Strength(0, 1), np.arange(3), seed=1)
    assert not seen.interviewed[:, 1].any()
    assert seen.reachable[:, 2].all()


def test_reachable_needs_an_interview_and_rises_with_strength():
    weak, strong = (
        toy().outcomes("us_md", Strength(mean, 0.3), np.arange(3), seed=3, draws=20)
        for mean in (-0.5, 0.9)
    )
    assert not (weak.reachable & ~weak.interviewed).any()
    assert weak.reachable[:, 0].mean() < 0.15 < 0.5 < strong.reachable[:, 0].mean()


def test_a_track_keeps_its_noise_whatever_else_is_asked():
    both = toy().outcomes("us_do", Strength(0.5, 1), np.array([0, 2]), seed=5, draws=2)
    alone = toy().outcomes("us_do", Strength(0.5, 1), np.array([0]), seed=5, draws=2)
    assert (both.reachable[:, :1] == alone.reachable).all()
    other = toy().outcomes("us_do", Strength(0.5, 1), np.array([0]), seed=6, draws=2)
    assert (other.interviewed != alone.interviewed).any()


def test_a_signal_helps_to_be_interviewed():
    plain, signaled = (
        toy().outcomes("us_md", Strength(0, 1), np.array([0]), seed=2, draws=50, signals=chosen)
        for chosen in ((), (0,))
    )
    assert signaled.interviewed.mean() > plain.interviewed.mean() + 0.1


def test_a_closed_program_is_closed_to_the_kinds_it_closes_to():
    closed = replace(toy(), openness=np.full((40, 2), NOBODY, np.uint8))
    assert np.isposinf(closed.cutoffs("non_us_img", np.arange(3))[0]).all()
    assert np.isfinite(closed.cutoffs("us_md", np.arange(3))[0][:, 0]).all()


def test_strength_comes_from_the_score_and_keeps_its_spread():
    known = toy().strength("us_img", "internal-medicine", 254)
    assert known.mean == pytest.approx(0.5)
    assert known.sd == pytest.approx(0.75**0.5)
    assert toy().strength("us_img", "internal-medicine") == Strength(0.0, 1.0)


def test_a_file_gives_back_what_was_saved(tmp_path):
    made = toy()
    made.interview[7, 0] = ANYBODY
    save(made, tmp_path / "s.npz")
    back = read(tmp_path / "s.npz")
    assert (back.interview == made.interview).all()
    assert back.made == {"seed": 1}
    assert back.specialties == made.specialties


def test_a_file_of_another_scale_is_refused(tmp_path, monkeypatch):
    save(toy(), tmp_path / "s.npz")
    monkeypatch.setattr("visamatch.market.scenarios._SCALE", {"scale": [-4.0, 0.04]})
    with pytest.raises(InputError, match="this version"):
        read(tmp_path / "s.npz")


def test_what_is_no_scenario_file_is_named(tmp_path):
    with pytest.raises(InputError, match="scenario file"):
        read(tmp_path / "none.npz")
