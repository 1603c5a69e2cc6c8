"""Pages of an endless table."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property


class BoundedPaginator(Paginator):
    """Counts no further than MOST rows, and offers pages no further than that: nobody leafs through a million."""

    MOST = 1_000
    template_name = "customers/bounded_pagination.html"

    object_list: QuerySet

    @cached_property
    def count(self) -> int:
        """How many rows there are, or MOST where there are more."""
        return self.object_list.order_by()[: self.MOST].count()
