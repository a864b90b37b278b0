"""Chinese, in both its forms."""
