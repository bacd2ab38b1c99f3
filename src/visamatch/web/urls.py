"""Addresses of the app."""

from django.urls import path, re_path

from visamatch.web.views import (
    about,
    after,
    calendar,
    certify,
    couple,
    errors,
    filings,
    keep,
    letters,
    match,
    method,
    my_list,
    paths,
    plan,
    profile,
    programs,
    rank,
    readings,
    sheets,
    start,
    together,
)

urlpatterns = [
    path("", start.start, name="start"),
    path("profile/", profile.profile, name="profile"),
    path("profile/sample/<slug:name>/", profile.sample, name="sample"),
    path("programs/", programs.programs, name="programs"),
    path("programs/<str:program_id>/", programs.program, name="program"),
    path("filings/", filings.filings, name="filings"),
    path("programs/<str:program_id>/read/", readings.read, name="read"),
    path("programs/<str:program_id>/decide/", readings.decide, name="decide"),
    path("list/", my_list.my_list, name="list"),
    path("list/add/", my_list.add, name="add"),
    path("list/sheet/", sheets.sheet, name="sheet"),
    path("list/sheet/apply/", sheets.apply, name="apply_sheet"),
    re_path(r"^list/visamatch-list\.(?P<kind>xlsx|csv|pdf)$", sheets.export, name="export"),
    path("plan/", plan.plan, name="plan"),
    path("plan/together/", together.together, name="together"),
    path("rank/", rank.rank, name="rank"),
    path("rank/certify/", certify.certify, name="certify"),
    path("rank/couple/", couple.couple, name="couple"),
    re_path(r"^rank/couple/pairs\.(?P<kind>xlsx|csv)$", couple.pairs, name="pairs"),
    path("calendar/", calendar.board, name="calendar"),
    path("calendar/visamatch.ics", calendar.ics, name="ics"),
    path("after/", after.after, name="after"),
    path("letters/<str:program_id>/", letters.letters, name="letters"),
    path("file/", keep.keep, name="keep"),
    path("file/visamatch.json", keep.download, name="download"),
    path("file/restore/", keep.restore, name="restore"),
    path("paths/", paths.visa_paths, name="paths"),
    path("match/", match.match, name="match"),
    path("method/", method.methods, name="method"),
    path("method/market/", match.method, name="method-market"),
    path("method/portfolio/", method.portfolio, name="method-portfolio"),
    path("about/", about.about, name="about"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.failed
