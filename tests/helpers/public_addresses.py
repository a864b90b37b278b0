"""Every public address, and what is answered there."""

import io
import zipfile
from html import unescape

from commitments import urls
from commitments.models import Area, Commitment, ErrorReport, NewsSource, Organisation, Release, Update
from commitments.public import seo


def addresses():
    """Every public address, from the list of them: a new one that this cannot fill in fails here."""
    known = {
        "reference": [*Commitment.objects.values_list("reference", flat=True)],
        "entry": [*Update.objects.values_list("pk", flat=True), 99],
        "elsewhere": ["", "nothing/"],
        "section": [*seo.SITEMAPS],
        "token": [*ErrorReport.objects.values_list("token", flat=True)],
    }
    slugs = {
        "areas": Area,
        "organisations": Organisation,
        "releases": Release,
        "news_sources": NewsSource,
    }
    for url_pattern in [*urls.urlpatterns, *urls.without_language]:
        [*converters] = url_pattern.pattern.converters
        route = str(url_pattern.pattern).removeprefix("^").removesuffix("$").replace("\\", "")
        if not converters:
            yield f"/{route}"
            continue
        [name] = converters
        before, after = route[: route.index("<")], route[route.index(">") + 1 :]
        named = slugs[before.split("/")[-2]].objects.values_list("slug", flat=True) if name == "slug" else known[name]
        yield from (f"/{before}{value}{after}" for value in named)


def body(answer):
    content = b"".join(answer)
    if content.startswith(b"PK"):  # a workbook: what all of its parts say
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return unescape(content.decode())
