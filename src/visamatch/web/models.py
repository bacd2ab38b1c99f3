"""What the database holds: every state the workspace document was ever in."""

from django.db import models


class Revision(models.Model):
    """One state of one owner's workspace. Revisions are added, never edited: undo adds one, too."""

    owner = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    body = models.TextField()
    note = models.CharField(max_length=200)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "number"], name="one_number"),)
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"{self.owner} {self.number}: {self.note}"
