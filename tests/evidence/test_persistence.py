from visamatch.evidence.persistence import next_year


def test_more_and_later_approvals_promise_more():
    never_much = next_year(((2018, 1, 0), (2019, 0, 0), (2020, 0, 0), (2021, 0, 0), (2022, 0, 0)))
    lately = next_year(((2018, 0, 0), (2019, 0, 0), (2020, 0, 0), (2021, 0, 0), (2022, 1, 0)))
    always = next_year(tuple((year, 12, 20) for year in range(2018, 2023)))
    assert 0 < never_much < lately < always < 1
    assert always > 0.9


def test_a_year_left_out_had_none():
    assert next_year(((2020, 4, 1), (2022, 3, 1))) == next_year(
        ((2020, 4, 1), (2021, 0, 0), (2022, 3, 1))
    )


def test_one_year_is_too_little_to_say():
    assert next_year(((2022, 30, 10),)) is None
    assert next_year(()) is None
