import json

import pytest

ON = ("--on", "2026-11-24")


def rows(visamatch, *args):
    answer = visamatch("programs", "list", *args, *ON, "--json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def test_the_list_has_the_fields_of_the_contract(visamatch):
    found = rows(visamatch, "--state", "MA", "--specialty", "internal medicine")
    assert len(found) >= 15
    bidmc = next(row for row in found if row["program_id"] == "1256-140")
    assert bidmc["nrmp_codes"] == ["1256140C0", "1256140M0", "1256140P0"]
    assert bidmc["institution"] == "Beth Israel Deaconess Medical Center"
    assert bidmc["specialty"] == "Internal Medicine"
    assert (bidmc["city"], bidmc["state"], bidmc["quota_year"]) == ("Boston", "MA", 2026)
    assert bidmc["status"] == "current"
    assert bidmc["cap_exempt"]["verdict"] == "likely"
    chance = bidmc["p_sponsor"]
    assert 0 < chance["low"] < chance["mean"] < chance["high"] < 1


def test_the_order_is_by_chance_and_the_bytes_repeat(visamatch):
    args = ("programs", "list", "--state", "MA", *ON, "--json")
    first, second = visamatch(*args), visamatch(*args)
    assert first.out == second.out
    chances = [row["p_sponsor"]["mean"] for row in json.loads(first.out)]
    assert chances == sorted(chances, reverse=True)


def test_only_yes_hides_refusals_and_unknowns_and_counts_them(visamatch):
    standings = {
        row["standing"]["code"] for row in rows(visamatch, "--state", "NH", "--mode", "only_yes")
    }
    assert not standings & {"unknown", "j1_only", "no_h1b", "not_for_you"}
    text = visamatch("programs", "list", "--state", "NH", "--mode", "only_yes", *ON).out
    assert "Hidden:" in text


def test_distance_and_city(visamatch):
    near = rows(visamatch, "--city", "Boston, MA", "--within", "30", "--specialty", "psychiatry")
    cities = {row["city"] for row in near}
    assert "Boston" in cities
    assert "Springfield" not in cities


@pytest.mark.parametrize("name", ["1256-140", "1402421162", "1256140C0", "1256140c0"])
def test_show_accepts_every_kind_of_id(visamatch, name):
    shown = json.loads(visamatch("programs", "show", name, *ON, "--json").out)
    assert shown["program_id"] == "1256-140"
    filed = next(
        s
        for s in shown["statements"]
        if s["property"] == "trainee_filings" and s["reach"] == "program"
    )
    assert filed["value"]["count"] == 6
    assert filed["effect_log_odds"] > 0.3
    assert filed["source"]["url"].startswith("https://www.dol.gov/")
    assert {"property", "value", "as_of", "source", "method", "effect_log_odds"} <= set(filed)


def test_a_table_fits_80_columns(visamatch):
    for args in (["list", "--state", "MA"], ["show", "1256-140"], ["show", "3050-140"]):
        for line in visamatch("programs", *args, *ON).out.splitlines():
            assert len(line) <= 80 or "http" in line, line


@pytest.mark.parametrize(
    ("args", "parts"),
    [
        (["show", "1256-141"], ["program: found '1256-141'", "perhaps"]),
        (["list", "--specialty", "internal medecine"], ["specialty", "'Internal Medicine'"]),
        (["list", "--state", "Mass"], ["state", "'Mass'"]),
        (["list", "--city", "Bostn", "--within", "10"], ["city", "'Boston, MA'"]),
        (["list", "--within", "10"], ["within", "a city"]),
        (["list", "--mode", "maybe"], ["mode", "'hide_no'"]),
        (["list", "--sort", "luck"], ["sort", "'chance'"]),
        (["list", "--standing", "sure"], ["standing", "'says_yes'"]),
        (["list", "--on", "2026-13-01"], ["--on", "YYYY-MM-DD"]),
        (["list", "--profile", "nowhere.toml"], ["nowhere.toml", "a file"]),
    ],
)
def test_wrong_input_is_one_sentence_and_exit_code_2(visamatch, args, parts):
    answer = visamatch("programs", *args)
    assert answer.code == 2
    assert answer.out == ""
    assert len(answer.err.strip().splitlines()) == 1
    for part in parts:
        assert part in answer.err
