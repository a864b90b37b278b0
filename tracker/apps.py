"""The admin with our site in it, so that `admin.site` is the staff's everywhere."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """The stock admin on `StaffSite`."""

    default_site = "commitments.admin.site.StaffSite"

    def ready(self) -> None:
        """Find the admin's modules, and ask to be told of each sign-in and each new second factor."""
        from allauth.mfa.signals import authenticator_added
        from django.contrib.auth.signals import user_logged_in

        # Before the site is first asked for: it is made from a module of this package, whose other modules register
        # with it, and made a second time it would lose them.
        from commitments.admin import journal
        from commitments.admin.sessions import begin, end_other_sessions

        super().ready()
        journal.connect()
        user_logged_in.connect(begin)
        authenticator_added.connect(end_other_sessions)
