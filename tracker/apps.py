"""The admin with our site in it, so that `admin.site` is the staff's everywhere."""

from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """The stock admin on `StaffSite`."""

    default_site = "commitments.admin.site.StaffSite"

    def ready(self) -> None:
        # Find the admin's modules, and ask to be told of each sign-in and each new second factor.
        # Before the site is first asked for: it is made from a module of this package, whose other modules register
        # with it, and made a second time it would lose them.
        import_module("commitments.admin")
        super().ready()
        import_module("commitments.accounts.auth_log").connect_signals()
        import_module("commitments.accounts.sessions").connect_signals()
        import_module("commitments.accounts.account_changes").connect_signals()
