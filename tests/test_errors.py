from visamatch.errors import InputError, one_of


def test_one_sentence_names_place_finding_and_expectation():
    error = InputError("profile.toml: visa.h1b", "one of 'must', 'prefer'", "maybe")
    assert str(error) == "profile.toml: visa.h1b: found 'maybe'; expected one of 'must', 'prefer'"


def test_a_long_finding_is_cut_to_one_line():
    text = str(InputError("cell", "a number", "x\n" * 200))
    assert "\n" not in text
    assert len(text) < 120


def test_many_names_are_narrowed_to_the_nearest():
    assert "'Psychiatry'" in one_of(
        ["Surgery", "Pediatrics", "Psychiatry", "A", "B", "C"], "psichiatry"
    )
