"""Links: each node has a certificate authority of its own, and a partner is whoever its pinned authority vouches for.

No public authority, no host names, no dates: what ends a link is the end of an agreement or another pinned card, not a
certificate's last day. TLS 1.3 only, both sides with a certificate, no resumed sessions.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from offing.errors import BadDelivery

_FROM = datetime(2000, 1, 1, tzinfo=UTC)
_TO = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)  # RFC 5280, 4.1.2.5: no well-defined end


@dataclass(frozen=True)
class TlsIdentity:
    """A node's authority and the certificate that it gave its own links."""

    ca_der: bytes  # what partners pin
    ca_key_pem: bytes = field(repr=False)
    chain_pem: bytes = field(repr=False)  # the link's key and certificate, as `ssl` loads them

    @classmethod
    def create(cls) -> TlsIdentity:
        """A new authority, and a link certificate of it; both P-256."""
        ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        ca = _certificate(ca_key.public_key(), ca_key, ca_key.public_key(), is_ca=True)
        leaf = _certificate(key.public_key(), ca_key, ca_key.public_key(), is_ca=False)
        return cls(ca.public_bytes(Encoding.DER), _pem(ca_key), _pem(key) + leaf.public_bytes(Encoding.PEM))

    def another_link(self) -> TlsIdentity:
        """The same authority with a fresh link key and certificate."""
        ca_key = load_pem_private_key(self.ca_key_pem, None)
        assert isinstance(ca_key, ec.EllipticCurvePrivateKey)
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _certificate(key.public_key(), ca_key, ca_key.public_key(), is_ca=False)
        return TlsIdentity(self.ca_der, self.ca_key_pem, _pem(key) + leaf.public_bytes(Encoding.PEM))


def check_ca(der: bytes) -> None:
    """Demand what a card must pin: one certificate authority in DER, self-signed, that can vouch for links alone.

    Raises:
        BadDelivery: it is anything else.
    """
    try:
        ca = x509.load_der_x509_certificate(der)
        ca.verify_directly_issued_by(ca)
        constraints = ca.extensions.get_extension_for_class(x509.BasicConstraints).value
        fits = constraints.ca and constraints.path_length == 0
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        fits = False
    if not fits:
        raise BadDelivery("The tls_ca of a card is no certificate authority of a node.", "Ask its owner for another card.")


def server_context(chain: Path, pinned: Iterable[bytes]) -> ssl.SSLContext:
    """For a node that is asked: demands a certificate of one of the pinned authorities (DER); `chain` is its `tls.pem`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _common(context, chain, pinned)
    context.num_tickets = 0
    return context


def client_context(chain: Path, ca_der: bytes) -> ssl.SSLContext:
    """For a node that asks: the other end must show a certificate of exactly this authority. Host names play no part."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # the authority is one partner's alone, so whoever it vouches for is that partner
    _common(context, chain, [ca_der])
    return context


def trust(context: ssl.SSLContext, pinned: Iterable[bytes]) -> None:
    """Add authorities (DER) to those whose certificates a context takes, from the next handshake on."""
    der = b"".join(pinned)
    if der:
        context.load_verify_locations(cadata=der)


def peer_id(der: bytes | None, pinned: Mapping[str, bytes]) -> str | None:
    """Which partner showed this certificate: the one whose pinned authority (DER, by id) issued it. None: nobody's."""
    if not der:
        return None
    leaf = x509.load_der_x509_certificate(der)
    for node, ca_der in sorted(pinned.items()):
        try:
            leaf.verify_directly_issued_by(x509.load_der_x509_certificate(ca_der))
        except (ValueError, TypeError, InvalidSignature):
            continue
        return node
    return None


def _common(context: ssl.SSLContext, chain: Path, pinned: Iterable[bytes]) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_cert_chain(chain)
    trust(context, pinned)


def _name(key: ec.EllipticCurvePublicKey) -> x509.Name:
    """Tells nothing but which key: whoever knocks sees it before it has said who it is."""
    digest = sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"offing {digest[:16]}")])


def _certificate(
    key: ec.EllipticCurvePublicKey, by: ec.EllipticCurvePrivateKey, by_public: ec.EllipticCurvePublicKey, is_ca: bool
) -> x509.Certificate:
    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(key))
        .issuer_name(_name(by_public))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_TO)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=0 if is_ca else None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=not is_ca, key_cert_sign=is_ca, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by_public), critical=False)
    )
    if not is_ca:
        both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(both), critical=False)
    return builder.sign(by, hashes.SHA256())


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
