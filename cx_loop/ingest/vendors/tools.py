"""The survey tools we know, by the name a source gives in `tool`: a new one is a copy of a folder
and a line here."""

from cx_loop.ingest.vendors.adapter import Adapter
from cx_loop.ingest.vendors.delighted.adapter import ADAPTER as DELIGHTED
from cx_loop.ingest.vendors.formbricks.adapter import ADAPTER as FORMBRICKS
from cx_loop.ingest.vendors.generic.adapter import ADAPTER as GENERIC
from cx_loop.ingest.vendors.google_forms.adapter import ADAPTER as GOOGLE_FORMS
from cx_loop.ingest.vendors.jotform.adapter import ADAPTER as JOTFORM
from cx_loop.ingest.vendors.limesurvey.adapter import ADAPTER as LIMESURVEY
from cx_loop.ingest.vendors.qualtrics.adapter import ADAPTER as QUALTRICS
from cx_loop.ingest.vendors.surveymonkey.adapter import ADAPTER as SURVEYMONKEY
from cx_loop.ingest.vendors.tally.adapter import ADAPTER as TALLY
from cx_loop.ingest.vendors.tencent_wj.adapter import ADAPTER as TENCENT_WJ
from cx_loop.ingest.vendors.typeform.adapter import ADAPTER as TYPEFORM
from cx_loop.ingest.vendors.wjx.adapter import ADAPTER as WJX
from cx_loop.ingest.vendors.zendesk.adapter import ADAPTER as ZENDESK

ADAPTERS: dict[str, Adapter] = {
    adapter.key: adapter
    for adapter in (
        TYPEFORM,
        SURVEYMONKEY,
        QUALTRICS,
        FORMBRICKS,
        LIMESURVEY,
        JOTFORM,
        TALLY,
        DELIGHTED,
        GOOGLE_FORMS,
        ZENDESK,
        WJX,
        TENCENT_WJ,
        GENERIC,
    )
}


def adapter_of(tool: str) -> Adapter:
    """The adapter of a tool; one nobody foresaw is mapped by paths."""
    return ADAPTERS.get(tool, GENERIC)
