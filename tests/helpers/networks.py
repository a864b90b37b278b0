"""Visitors from networks of their own, so that many may come while every limit stays as it is."""

from ipaddress import ip_address


def network(number: int) -> str:
    """The address of a visitor, as a proxy writes it down: one network for each number below 2 to the power of 24."""
    return str(ip_address("10.0.0.0") + number % 2**24)
