"""The admin with our site in it, so that `admin.site` is the staff's everywhere."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """The stock admin on `StaffSite`."""

    default_site = "commitments.admin.site.StaffSite"

    def ready(self) -> None:
        """Find the admin's modules."""
        # Before the site is first asked for: it is made from a module of this package, whose other modules register
        # with it, and made a second time it would lose them.
        import commitments.admin  # noqa: F401

        super().ready()
