"""Which addresses in the network anybody can reach."""

from ipaddress import ip_address


def is_public_ip(address: str) -> bool:
    """Whether a numeric address is one that anybody can reach: of no private network, and of no group of machines."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return ip.is_global and not ip.is_multicast


def is_public_host(host: str) -> bool:
    """Whether the host of an address is a name with a dot, or a public numeric address."""
    return is_public_ip(host) or ("." in host and not host.rpartition(".")[2].isdecimal() and ":" not in host)
