"""Ed25519 signatures as text (RFC 8032): what a key of the installation signed, anyone can check with its public key.

A public key is written as the one line between the first and last line of its PEM file (RFC 8410), so that openssl
reads it. A signature is its 64 bytes. Both in base64.
"""

import base64

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)


def new_private_key() -> bytes:
    """A new key, as a PEM file without a password holds it."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_private_key(pem: bytes) -> Ed25519PrivateKey:
    """The key that a PEM file holds; ValueError where it holds none, or one of another kind."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (TypeError, UnsupportedAlgorithm) as error:  # it has a password; or a kind that nobody knows here
        raise ValueError(str(error)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the key is not an Ed25519 key")  # noqa: TRY004  (of a file's content, not of an argument)
    return key


def public_key_text(key: Ed25519PrivateKey) -> str:
    """The public half of a key."""
    return _to_text(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def sign(key: Ed25519PrivateKey, message: str) -> str:
    """The signature of a text's UTF-8 bytes."""
    return _to_text(key.sign(message.encode()))


def is_signed(message: str, signature: str, public_key: str) -> bool:
    """Whether the signature is of this text and by this key; False also where either cannot be read."""
    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
        if not isinstance(key, Ed25519PublicKey):
            return False
        key.verify(base64.b64decode(signature, validate=True), message.encode())
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        return False
    return True


def _to_text(data: bytes) -> str:
    return base64.b64encode(data).decode()
