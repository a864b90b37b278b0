"""The 24-hour clock: there is no doubt about 11.11."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
