"""`{% csrf_token %}` as Django has it; on staff's pages the stamp of `accounts.kept_forms` stands beside it.

Among the built-in tags, so that no form of staff's can be without: neither one of Django's own templates nor a new one.
"""

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from commitments.accounts.kept_forms import STAMP_FIELD

register = template.Library()


class StampedTokenNode(CsrfTokenNode):
    """The token, and for whom the form is opened, where the page says so (`StaffSite.each_context`)."""

    def render(self, context: template.Context) -> SafeString:
        token = mark_safe(super().render(context))  # noqa: S308  # Django made it of the token alone
        stamp = context.get("form_stamp")
        if not stamp:
            return token
        return format_html('{}<input type="hidden" name="{}" value="{}">', token, STAMP_FIELD, stamp)


@register.tag
def csrf_token(parser: Parser, token: Token) -> StampedTokenNode:
    """Within any form that is sent by POST."""
    return StampedTokenNode()
