"""Addresses of evidence: a page's and nothing else, and a host that looks like another is pointed out."""

import pytest

from commitments.domain.evidence_addresses import AddressError, check_address, mixed_scripts, mixed_scripts_warning

# What may not stand in an address, and what to write instead.
WRONG = [
    ("https://reader:secret@example.org/a", "https://example.org/a"),
    ("https://reader@example.org/a", "https://example.org/a"),
    ("https://a@b@example.org/", "https://example.org/"),
    ("https:\\\\reader@example.org/", "https:\\\\example.org/"),
    ("https://example.org/a。", "https://example.org/a"),
    ("https://example.org/a，", "https://example.org/a"),
    ("https://example.org/a）。", "https://example.org/a"),
    ("https://example.org/a」", "https://example.org/a"),
    ("https://example.org/a》；", "https://example.org/a"),
    ("https://example.org/a｡", "https://example.org/a"),
    ("https://example.org/a%E3%80%82", "https://example.org/a"),
    ("https://example.org/%E6%9C%83%EF%BC%89", "https://example.org/%E6%9C%83"),
    ("https://example.org/a%E2%80%8B", "https://example.org/a"),
    ("https://example.org/\u200ba", "https://example.org/a"),
    ("https://example.org/\u202egnp", "https://example.org/gnp"),
    ("https://example.org/\u2066a\u2069", "https://example.org/a"),
    ("https://example.org/a b", "https://example.org/ab"),
    ("https://example.org/a\u3000b", "https://example.org/ab"),
    ("https://example.org/\u3164a", "https://example.org/a"),
    ("https://exam\u00adple.org/", "https://example.org/"),
    ("https://example。org/a", "example.org"),
    ("https://ｅxample.org/a", "example.org"),
]


@pytest.mark.parametrize(("address", "instead"), WRONG)
def test_what_says_more_than_where_a_page_is_is_refused_with_what_to_write(address, instead):
    with pytest.raises(AddressError) as refused:
        check_address(address)
    assert str(refused.value).endswith(f"Write: {instead}")


@pytest.mark.parametrize("host", ["ex⁄ample.org", "xn--zzzzzzzz9999", "xn--.org", "a\N{FRACTION SLASH}b.org"])
def test_what_is_the_name_of_no_host_is_refused(host):
    with pytest.raises(AddressError):
        check_address(f"https://{host}/")


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a@b?c=d@e",
        "https://zh.wikipedia.org/wiki/會議（第四次）",
        "https://zh.wikipedia.org/wiki/%E6%9C%83%E8%AD%B0%EF%BC%88%E7%AC%AC%E5%9B%9B%E6%AC%A1%EF%BC%89",
        "https://example.org/a_(b)",
        "https://例子.com/上海",
        "https://[2001:db8::1]/a",
        "http://example.org:8080/a.",
    ],
)
def test_what_belongs_to_an_address_stays(address):
    check_address(address)


@pytest.mark.parametrize(
    ("host", "scripts"),
    [
        ("ехample.org", ("CYRILLIC", "LATIN")),
        ("xn--80ak6aa92e.com", ("CYRILLIC", "LATIN")),  # all of one label Cyrillic: it shows as apple.com
        ("gοv.hk", ("GREEK", "LATIN")),
        ("ɡov.hk", ("LATIN", "PHONETIC")),
        ("上海а.cn", ("CJK", "CYRILLIC", "LATIN")),
    ],
)
def test_a_host_of_scripts_that_do_not_go_together_is_pointed_out_as_readers_see_it(host, scripts):
    assert mixed_scripts(f"https://user@{host}:8443/x") == scripts
    assert "may pass for another" in mixed_scripts_warning(f"https://{host}/")


@pytest.mark.parametrize(
    "host", ["example.org", "例子.com", "münchen.de", "пример.рф", "日本の.jp", "ラーメン.jp", "1.2"]
)
def test_a_host_of_scripts_that_are_used_together_is_not(host):
    assert mixed_scripts_warning(f"https://{host}/а") == ""
