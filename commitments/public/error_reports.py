"""A reader answers back: the form, what is done with what is sent, and the page that tells the sender.

No account, no cookie, nobody else's service. What keeps robots out: a box that people do not see, a signed
stamp that says when the form was opened, and a limit by the hour. Whatever is refused, the form comes back
with everything that was typed.
"""

import re
import secrets
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any, cast

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.core.validators import MaxLengthValidator, URLValidator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from commitments.i18n.languages import RECORD_LANGUAGE
from commitments.models import Commitment, ErrorReport
from commitments.models.commitment import REFERENCE
from commitments.models.error_report import CLOCKS_APART, SENDER_COUNTS_FOR
from commitments.models.fields import validate_address
from commitments.query.localized import localize
from commitments.web.pages import Page, day_page, page_of_day
from commitments.web.rate_limits import client_network

MAX_LENGTH = 5000  # characters of what is wrong
MIN_OPEN, MAX_OPEN = timedelta(seconds=3), timedelta(days=1)  # a form that is sent has been open for between these
MAX_FROM_ONE, MAX_FROM_ALL = 5, 100  # reports in a window, from one network address and from all together
HONEYPOT = "subject"  # the box that people do not see; a name that browsers do not fill in by themselves
SALT = "report-an-error"
signer = TimestampSigner(salt=SALT)


def find_commitment(reference: str, day: date) -> Commitment | None:
    """The public commitment of that reference, with its owners and partners; None where there is none."""
    if not re.fullmatch(REFERENCE, reference):
        return None
    commitment: Commitment | None = Commitment.objects.as_of(day).for_pages().filter(reference=reference).first()
    return commitment


class ProseField(forms.CharField):
    """Text of several lines, each ending as it was typed and not as browsers send it."""

    widget = forms.Textarea(attrs={"rows": 8, "cols": False})

    def to_python(self, value: Any) -> str:
        # Counted and kept with one character for each end of a line.
        return str(super().to_python(value)).replace("\r\n", "\n")


class ErrorReportForm(forms.Form):
    """What a reader can say. `named_commitment`: the public one that it is about, if there is one."""

    use_required_attribute = False
    commitment = forms.CharField(
        required=False,
        label=gettext_lazy("Commitment"),
        help_text=gettext_lazy("Its reference, such as CU-06. Leave it empty if it is about something else."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    # No maxlength: browsers cut off what is pasted without a word.
    what = ProseField(
        label=gettext_lazy("What is wrong?"),
        help_text=gettext_lazy("What the page says, and what it should say. At most 5,000 characters."),
        validators=[MaxLengthValidator(MAX_LENGTH)],
        error_messages={"required": gettext_lazy("Say what is wrong.")},
    )
    source = forms.URLField(
        required=False,
        assume_scheme="https",
        label=gettext_lazy("Where can it be read?"),
        help_text=gettext_lazy("Optional. The address of a public page that shows it."),
        validators=[URLValidator(schemes=["http", "https"]), MaxLengthValidator(1000), validate_address],
        error_messages={"invalid": gettext_lazy("Write the address of a page: it begins with https:// or http://.")},
    )
    email = forms.EmailField(
        required=False,
        max_length=None,  # its validator has a limit
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("Optional. It is never shown, and deleted once the report is closed."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": gettext_lazy("Write an e-mail address such as name@example.org, or none.")},
    )
    wants_mail = forms.BooleanField(
        required=False,
        label=gettext_lazy("Write to me, once, when my report is answered"),
        help_text=gettext_lazy(
            "Without this tick nothing is sent to you: the answer stands on your report’s page; you get its link next."
        ),
    )
    organisation = forms.ChoiceField(
        required=False,
        label=gettext_lazy("I write for a body that owns it or takes part in it"),
        help_text=gettext_lazy(
            "Its reply can be published on the record, marked as its own, after the publisher has checked who it "
            "comes from. Give an e-mail address for that."
        ),
    )

    def __init__(self, data: Mapping[str, Any] | None, day: date, reference: str = "") -> None:
        # `data`: what was sent, None for a new form. `reference`: the commitment that a new form is about.
        super().__init__(data, initial={"commitment": reference})
        self.reference = str(self["commitment"].value() or "").strip().upper()
        self.named_commitment = find_commitment(self.reference, day)
        organisations = (
            [*self.named_commitment.owners.all(), *self.named_commitment.partners.all()]
            if self.named_commitment
            else []
        )
        self.parties = {organisation.slug: organisation for organisation in organisations}
        organisation_field = cast("forms.ChoiceField", self.fields["organisation"])
        if self.parties:
            nobody = ("", _("No, I write for myself or for somebody else"))
            organisation_field.choices = [
                nobody,
                *((slug, localize(organisation, "name").text) for slug, organisation in self.parties.items()),
            ]
        else:  # what was chosen before the reference was changed is kept, and counts for nothing
            organisation_field.widget = forms.HiddenInput()
            organisation_field.choices = [(chosen := self["organisation"].value() or "", chosen)]
        self.token, self.stamp, self.in_time = read_stamp(str(self.data.get("stamp", "")))

    @property
    def unknown(self) -> str:
        """What is wrong with the reference; nothing where a commitment has it, or where none is given."""
        if self.named_commitment or not self.reference:
            return ""
        message = _("There is no commitment “%(reference)s”. A reference looks like CU-06.")
        return message % {"reference": self.reference[:40]}

    def clean_commitment(self) -> Commitment | None:
        if self.unknown:
            raise ValidationError(self.unknown)
        return self.named_commitment

    def clean(self) -> None:
        # Sent by a person, as far as one can tell without asking anybody else; and to where an answer is to go.
        if self.cleaned_data.get("wants_mail") and not self.cleaned_data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Give the address that is to be written to, or take away the tick below."))
        if self.data.get(HONEYPOT):
            message = _(
                "A box that people do not see was filled in, perhaps by your browser. It has been emptied: "
                "check what you wrote and send it again."
            )
            raise ValidationError(message)
        if not self.in_time and not self.errors:
            message = _(
                "The form was open for too long, or only for a moment. Nothing you typed is lost: "
                "check it, wait a few seconds and send it again."
            )
            raise ValidationError(message)

    def store(self, sender: str, now: datetime) -> ErrorReport:
        """Keep what was sent, once, however fast a button is pressed twice. `sender`: what the limit counts by."""
        values = self.cleaned_data | {"organisation": self.parties.get(self.cleaned_data["organisation"])}
        values["language"] = get_language() or RECORD_LANGUAGE
        report, _created = ErrorReport.objects.get_or_create(
            token=self.token, defaults=values | {"sender": sender, "received_at": now}
        )
        return report


def read_stamp(stamp: str) -> tuple[str, str, bool]:
    """The token that a form was given, the stamp to send with it, and whether it is in time to be sent.

    A forged stamp, one that is too old, one from a clock that ran ahead and none at all are replaced by a new token and
    stamp.
    """
    try:
        token = signer.unsign(stamp, max_age=MAX_OPEN)
    except BadSignature:
        token = ""
    if not token or signing.b62_decode(stamp.split(signer.sep)[-2]) > time.time() + CLOCKS_APART.total_seconds():
        token = new_token()
        return token, signer.sign(token), False
    try:
        signer.unsign(stamp, max_age=MIN_OPEN)
    except SignatureExpired:
        return token, stamp, True
    return token, stamp, False


def new_token() -> str:
    """What nobody can guess: 24 random bytes, as 32 characters that an address may hold."""
    return secrets.token_urlsafe(24)


@csrf_exempt  # nobody is signed in here, so there is nobody to be impersonated
@require_http_methods(["GET", "HEAD", "POST"])
def report_error(request: HttpRequest) -> HttpResponseBase:
    """Anyone tells us that something is wrong; an owner replies."""
    return receive_report(request) if request.method == "POST" else empty_form(request)


@day_page
def empty_form(page: Page) -> HttpResponse:
    """The empty form, about the commitment of the link that led here."""
    form = ErrorReportForm(None, page.day, page.request.GET.get("commitment", ""))
    return form_response(page, form, status=400 if form.unknown else 200)


def receive_report(request: HttpRequest) -> HttpResponse:
    """Keep a report and lead to its page, or show the form again with what is wrong."""
    page = page_of_day(request)
    form = ErrorReportForm(request.POST, page.day)
    if not form.is_valid():
        return form_response(page, form, status=400)
    now = timezone.now()
    # Of the form and what it says: sent twice it is one report, gone back to and changed it is another.
    form.token = salted_hmac(SALT, f"{form.token} {form.cleaned_data['what']}", algorithm="sha256").hexdigest()[:32]
    report = ErrorReport.objects.filter(token=form.token).first()
    if not report:
        ErrorReport.objects.forget_senders(now)
        if wait := seconds_to_wait(sender_digests(request, now), now):
            response = form_response(page, form, status=429, minutes=ceil(wait / 60))
            response.headers["Retry-After"] = str(wait)
            return response
        report = form.store(sender_digests(request, now)[0], now)
    return HttpResponseRedirect(page.links.page("error_report_status", report.token), status=303)


def form_response(page: Page, form: ErrorReportForm, *, status: int, **context: Any) -> HttpResponse:
    """The form; kept by nobody, because its stamp is for one reader."""
    response = page.render("report_error", status=status, form=form, trap=HONEYPOT, **context)
    response.headers["Cache-Control"] = "no-store"
    return response


@day_page
def error_report_status(page: Page, token: str) -> HttpResponse:
    """What was sent, its state and the answer, for whoever has the link."""
    report = get_object_or_404(ErrorReport.objects.select_related("organisation"), token=token)
    commitment = Commitment.objects.as_of(page.day).filter(error_reports=report).first()
    link = page.request.build_absolute_uri(page.request.path)
    response = page.render("error_report_status", report=report, commitment=commitment, link=link, canonical=None)
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
    for name, value in headers.items():
        response.headers[name] = value
    return response


def seconds_to_wait(digests: list[str], now: datetime) -> int:
    """Seconds until the limit has room for one more report; 0 where it has. `digests`: the sender's."""
    recent = ErrorReport.objects.counted(now).order_by("-received_at")
    counts = ((recent.filter(sender__in=digests), MAX_FROM_ONE), (recent, MAX_FROM_ALL))
    # The report that must leave the window before another may come in.
    blocking = [reports.values_list("received_at", flat=True)[limit - 1 : limit] for reports, limit in counts]
    return max(
        (ceil((received_at + SENDER_COUNTS_FOR - now).total_seconds()) for times in blocking for received_at in times),
        default=0,
    )


def sender_digests(request: HttpRequest, now: datetime) -> list[str]:
    """A keyed digest of the network address and the day: of now, and of the start of the window."""
    days = dict.fromkeys((now.date(), (now - SENDER_COUNTS_FOR).date()))
    return [salted_hmac(SALT, f"{day} {client_network(request)}", algorithm="sha256").hexdigest() for day in days]
