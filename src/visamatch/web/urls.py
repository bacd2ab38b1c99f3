"""Addresses of the app."""

from django.urls import path

from visamatch.web.views import about, errors, keep, match, my_list, profile, programs, start

urlpatterns = [
    path("", start.start, name="start"),
    path("profile/", profile.profile, name="profile"),
    path("profile/sample/<slug:name>/", profile.sample, name="sample"),
    path("programs/", programs.programs, name="programs"),
    path("programs/<str:program_id>/", programs.program, name="program"),
    path("list/", my_list.my_list, name="list"),
    path("list/add/", my_list.add, name="add"),
    path("file/", keep.keep, name="keep"),
    path("file/visamatch.json", keep.download, name="download"),
    path("file/restore/", keep.restore, name="restore"),
    path("match/", match.match, name="match"),
    path("method/market/", match.method, name="method-market"),
    path("about/", about.about, name="about"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.failed
