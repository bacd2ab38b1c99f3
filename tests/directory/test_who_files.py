from visamatch.directory.who_files import filers, filers_of


def test_most_trainee_cases_come_first_and_kinds_are_told_apart():
    found = filers(kind="fellow")
    counts = [filer.fellows for filer in found]
    assert counts == sorted(counts, reverse=True)
    assert min(counts) > 0
    assert len(found) < len(filers())


def test_state_and_specialty_narrow():
    found = filers("PA", specialty="internal-medicine")
    assert found
    assert {filer.petitioner.state for filer in found} == {"PA"}
    assert all("internal-medicine" in filer.specialties for filer in found)


def test_years_add_up_and_say_what_no_record_covers():
    hospital, *_ = [
        filer for filer in filers_of("massachusetts-general-hospital")
        if filer.petitioner.relation == "self"
    ]  # fmt: skip
    assert sum(year.initial or 0 for year in hospital.years) == hospital.approvals > 500
    by_year = {year.fiscal_year: year for year in hospital.years}
    assert by_year[2025].initial is None
    assert by_year[2022].residents is None
    assert (by_year[2022].part, by_year[2023].part) == (False, True)


def test_an_institution_nobody_files_for_has_no_filers():
    assert filers_of("no-such-place") == []
