"""How far the fine rollups are folded into hours and days."""

from django.db import models
from django.db.models import F, Q


class Fold(models.Model):
    """One row, or none while nothing was folded: every series is folded up to its seam.

    Hours and days below the seam of a series are the sums of its fine rows, and above it there
    are none. The seam is `folded_until`, for series up to `through` already `folding_until`: a
    large store is folded in slices, and each slice must be right for itself. Whole hours, UTC;
    it never moves back. Intake asks for it under a lock (`cx_loop_hold_fold` in the database),
    readers in the statement that reads the rollups, otherwise they would see two moments.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    folded_until = models.DateTimeField()
    folding_until = models.DateTimeField()
    through = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1, folded_until__lte=F("folding_until")), name="fold_is_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.folded_until} {self.folding_until} {self.through}"


# of the row `fold` and a column `series_id`; null while nothing was folded
SEAM = "CASE WHEN series_id <= fold.through THEN fold.folding_until ELSE fold.folded_until END"

# what the buckets of one grain hold between two of its edges: what is folded, and above the seam
# the fine rows, which come as the coarser buckets they will be folded into
ROWS_OF_GRAIN = f"""
    SELECT series_id, bucket, bin, n, total, squares, exposure
    FROM cx_loop_rollup
    WHERE series_id = ANY(%(series)s) AND grain = %(grain)s
      AND bucket >= %(start)s AND bucket < %(end)s AND n > 0
    UNION ALL
    SELECT series_id, date_bin(%(grain)s * interval '1 minute', bucket, 'epoch'), bin, n, total,
           squares, exposure
    FROM cx_loop_rollup LEFT JOIN cx_loop_fold AS fold ON true
    WHERE series_id = ANY(%(series)s) AND grain = 5 AND %(grain)s > 5
      AND bucket >= %(start)s AND bucket < %(end)s AND n > 0
      AND bucket >= coalesce((SELECT folded_until FROM cx_loop_fold), '-infinity')
      AND bucket >= coalesce({SEAM}, '-infinity')
"""  # noqa: S608
