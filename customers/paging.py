"""Pages of an endless table."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.views import ChangeList


class BoundedPaginator(Paginator):
    """Counts no further than MOST rows, and offers pages no further than that: nobody leafs through a million."""

    MOST = 1_000
    template_name = "customers/bounded_pagination.html"

    object_list: QuerySet

    @cached_property
    def count(self) -> int:
        """How many rows there are, or MOST where there are more."""
        return self.object_list.order_by()[: self.MOST].count()


class EndlessList(ChangeList):
    """A list whose title does not offer to show all where nothing is left out."""

    def get_results(self, request: HttpRequest) -> None:
        """Takes the bounded count for the whole one where nobody searches or filters."""
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count
