"""Users: deactivated, never deleted (R9), because drafts and logs name them. Only superusers make superusers."""

from typing import Any

from allauth.account import admin as _account_admin  # noqa: F401  # registers what is taken away below
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _mfa_admin  # noqa: F401  # the same
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UsernameField
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.accounts.auth_log import log_reset_link
from commitments.accounts.sessions import end_sessions
from commitments.accounts.sign_in import ResetForm
from commitments.admin.base import HiddenAdmin, RefusableForm, refusal_so_far, staff_page, staff_user
from commitments.admin.field_help import roles
from commitments.i18n.phrases import join_list
from commitments.models import AccountChange, Affiliation, KeptForm, OutgoingMail, Reminder
from commitments.models.staff import language_of

# An account has one address, on the user's page, and its second factor is reset there: no tables of their own.
admin.site.unregister((User, EmailAddress, Authenticator))


def may_manage(request: HttpRequest, user: User | None) -> bool:
    """Superusers are changed by superusers: whoever could, would be one."""
    return user is None or not user.is_superuser or request.user.is_superuser


def free_address(typed: str, user: User) -> str:
    """The address in small letters, by which the account is found; an account of its own for each."""
    if typed and User.objects.exclude(pk=user.pk).filter(email__iexact=typed).exists():
        raise ValidationError(_("Another account has this address."))
    return typed.lower()


class NewAccountForm(RefusableForm):
    """With the address, to which a link goes by which the person sets a password: nobody types another's."""

    class Meta:
        # Who it is; the rest is on the user's page.
        model = User
        fields = ("username", "email")
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True

    def clean_email(self) -> str:
        """As it is kept."""
        return free_address(self.cleaned_data["email"], self.instance)

    def save(self, commit: bool = True) -> Any:
        # There is no password until its owner sets one.
        self.instance.set_unusable_password()
        return super().save(commit)


class AccountForm(RefusableForm, UserChangeForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The stock form, one account for each address."""

    def clean_email(self) -> str:
        """As it is kept."""
        return free_address(self.cleaned_data["email"], self.instance)


class AffiliationInline(admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs only
    """For whom the user works."""

    model = Affiliation
    autocomplete_fields = ("organisation",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_manage(request, obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_manage(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_manage(request, obj) and super().has_delete_permission(request, obj)


@admin.register(User)
class StaffAdmin(UserAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """The stock page for users, without deletion, and without its way to more rights than one has."""

    form = AccountForm
    add_form = NewAccountForm
    fieldsets = (*UserAdmin.fieldsets, (gettext_lazy("Sign-in"), {"fields": ("second_factor",)}))  # type: ignore[misc]
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "email")}),
        (gettext_lazy("Role"), {"fields": ("is_staff", "groups")}),
    )
    inlines = (AffiliationInline,)
    list_display = ("username", "email", "roles", "works_for", "is_active")
    list_select_related = ("affiliation__organisation",)
    actions = ("reset_second_factor",)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # The form, with what was found to refuse it before it was looked at.
        form = super().get_form(request, *args, **kwargs)
        if "groups" in form.base_fields:
            form.base_fields["groups"].help_text = roles()
        form.refusal = refusal_so_far(request)  # type: ignore[attr-defined]  # RefusableForm's
        return form

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # The stock page for passwords asks here, too.
        return may_manage(request, obj) and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        # A new account is mailed the link by which its owner sets a password.
        super().save_model(request, obj, form, change)
        if not change and obj.is_active:
            send_password_link(request, obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002  # Django's name
        # In place of the stock page, on which one would type another's password: a link is mailed to its owner.
        user = self.get_object(request, unquote(id))
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user is None:
            raise Http404
        if request.method == "POST":
            if user.email and user.is_active:
                send_password_link(request, user)
                self.log_change(request, user, _("Mailed a link for a new password."))
                message = _("A link by which %(user)s sets a new password is on its way to the account’s address.")
                self.message_user(request, message % {"user": user}, messages.SUCCESS)
            else:
                message = _("%(user)s is not active or has no address, so no mail can be sent.")
                self.message_user(request, message % {"user": user}, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:auth_user_change", args=[user.pk]))
        title = _("Mail a link for a new password to %(user)s?") % {"user": user}
        return staff_page(self, request, "admin/password_link.html", title, original=user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        # Administrators give roles. What goes beyond roles is given by superusers.
        beyond = () if request.user.is_superuser else ("is_superuser", "user_permissions")
        return ("second_factor", *beyond)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"is_staff": True} | super().get_changeform_initial_data(request)

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, obj: User) -> str:
        return join_list(group.name for group in obj.groups.all()) or (_("superuser") if obj.is_superuser else "–")

    @admin.display(description=gettext_lazy("works for"))
    def works_for(self, obj: User) -> str:
        return obj.affiliation.organisation.label_with_side if hasattr(obj, "affiliation") else "–"

    @admin.display(description=gettext_lazy("second factor"))
    def second_factor(self, obj: User) -> str:
        """What the user signs in with besides the password."""
        authenticators = Authenticator.objects.filter(user=obj).exclude(type=Authenticator.Type.RECOVERY_CODES)
        return join_list(str(authenticator) for authenticator in authenticators) or _("none")

    @admin.action(description=gettext_lazy("Reset the second factor and end all sessions"), permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """For whoever lost it, once it is confirmed. It is in the user's history, with the name of who did it."""
        if "confirmed" not in request.POST:
            title = _("Reset the second factor of these users?")
            return staff_page(self, request, "admin/reset_second_factor.html", title, users=queryset)
        for user in queryset:
            if not may_manage(request, user):
                message = _("%(user)s is a superuser: only a superuser can do this.")
                self.message_user(request, message % {"user": user}, messages.ERROR)
                continue
            Authenticator.objects.filter(user=user).delete()
            end_sessions(user)
            self.log_change(request, user, _("Reset the second factor and ended all sessions."))
            self.message_user(request, _("Now signing in with the password alone: %(user)s.") % {"user": user})
        return None


def send_password_link(request: HttpRequest, user: User) -> None:
    """The mail that "Forgot your password?" brings, in the language that the account's owner reads."""
    form = ResetForm({"email": user.email})
    with translation.override(language_of(user)):
        if form.is_valid():
            form.save(request)
            log_reset_link(user, staff_user(request))


@admin.register(AccountChange)
class AccountChangeAdmin(HiddenAdmin):
    """Who changed what of whose account, and when its owner was told."""

    list_display = ("account", "part", "changed_by", "made_at", "mailed_at")
    list_filter = ("part",)
    list_select_related = ("account", "changed_by")
    exclude = ("address_before",)


@admin.register(Affiliation)
class AffiliationAdmin(HiddenAdmin):
    """Who works for whom: edited on the user's page, by those who may change the user."""

    list_display = ("user", "organisation")


@admin.register(OutgoingMail)
class OutgoingMailAdmin(HiddenAdmin):
    """How many mails wait, since when and why; never whom they are for or what they say.

    For superusers. A mail may hold a link that opens somebody's account.
    """

    list_display = ("id", "written_at", "due_at", "attempts", "problem")
    fields = ("written_at", "due_at", "attempts", "problem")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(KeptForm)
class KeptFormAdmin(HiddenAdmin):
    """How many forms wait for whom to sign in again; never what was typed, which only they see. For superusers."""

    list_display = ("user", "kept_at")
    fields = list_display

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


admin.site.register(Reminder, HiddenAdmin)
