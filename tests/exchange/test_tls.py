"""Certificates of links: who is told from whom, and what an authority cannot do."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from offing.errors import BadDelivery
from offing.exchange.tls import TlsIdentity, check_ca, client_context, peer_id, server_context


def leaf(identity: TlsIdentity) -> bytes:
    return x509.load_pem_x509_certificate(identity.chain_pem).public_bytes(Encoding.DER)


def shake(server: ssl.SSLContext, client: ssl.SSLContext) -> tuple[bytes | None, bytes | None]:
    """A handshake in memory; what each end saw of the other. Raises SSLError."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    s = server.wrap_bio(to_server, to_client, server_side=True)
    c = client.wrap_bio(to_client, to_server)
    done: set[ssl.SSLObject] = set()
    while len(done) < 2:
        for end in (c, s):
            try:
                end.do_handshake()
                done.add(end)
            except ssl.SSLWantReadError:
                pass
    return s.getpeercert(True), c.getpeercert(True)


def chain(folder: Path, name: str, identity: TlsIdentity) -> Path:
    path = folder / name
    path.write_bytes(identity.chain_pem)
    return path


def test_both_ends_see_each_other(tmp_path: Path) -> None:
    a, b = TlsIdentity.create(), TlsIdentity.create()
    at_server, at_client = shake(
        server_context(chain(tmp_path, "a", a), [b.ca_der]), client_context(chain(tmp_path, "b", b), a.ca_der)
    )
    assert peer_id(at_server, {"a": a.ca_der, "b": b.ca_der}) == "b"
    assert peer_id(at_client, {"a": a.ca_der, "b": b.ca_der}) == "a"


def test_each_end_refuses_an_authority_that_it_did_not_pin(tmp_path: Path) -> None:
    a, b, x = (TlsIdentity.create() for _ in range(3))
    pa, pb, px = (chain(tmp_path, n, i) for n, i in (("a", a), ("b", b), ("x", x)))
    for server, client in (
        (server_context(pa, [b.ca_der]), client_context(px, a.ca_der)),
        (server_context(px, [b.ca_der]), client_context(pb, a.ca_der)),
        (server_context(pa, []), client_context(pb, a.ca_der)),
    ):
        with pytest.raises(ssl.SSLCertVerificationError):
            shake(server, client)


def test_a_client_without_a_certificate_is_refused(tmp_path: Path) -> None:
    a, b = TlsIdentity.create(), TlsIdentity.create()
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.check_hostname, bare.verify_mode = False, ssl.CERT_NONE
    with pytest.raises(ssl.SSLError, match="PEER_DID_NOT_RETURN_A_CERTIFICATE"):
        shake(server_context(chain(tmp_path, "a", a), [b.ca_der]), bare)


def test_a_fresh_link_of_the_same_authority_is_the_same_partner() -> None:
    a, b = TlsIdentity.create(), TlsIdentity.create()
    again = a.another_link()
    assert again.chain_pem != a.chain_pem and again.ca_der == a.ca_der
    assert peer_id(leaf(again), {"b": b.ca_der, "a": a.ca_der}) == "a"
    assert peer_id(leaf(again), {"b": b.ca_der}) is None and peer_id(None, {"a": a.ca_der}) is None


def test_a_link_cannot_vouch_for_another(tmp_path: Path) -> None:
    """A certificate that a partner's link key signed is nobody's, though a chain leads from it to the pinned authority."""
    from datetime import UTC, datetime

    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat, load_pem_private_key

    a, b = TlsIdentity.create(), TlsIdentity.create()
    link_key = load_pem_private_key(b.chain_pem, None)
    link = x509.load_pem_x509_certificate(b.chain_pem)
    assert isinstance(link_key, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    forged = (
        x509.CertificateBuilder()
        .subject_name(link.subject)
        .issuer_name(link.subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(link_key.public_key()), critical=False)
        .sign(link_key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = tmp_path / "forged"
    path.write_bytes(pem + forged.public_bytes(Encoding.PEM) + link.public_bytes(Encoding.PEM))
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(server_context(chain(tmp_path, "a", a), [b.ca_der]), client_context(path, a.ca_der))
    assert peer_id(forged.public_bytes(Encoding.DER), {"b": b.ca_der}) is None


def test_what_a_card_may_pin() -> None:
    a = TlsIdentity.create()
    check_ca(a.ca_der)
    for bad in (b"", b"x", leaf(a), a.ca_der[:-1], a.ca_der + b"\0", a.chain_pem):
        with pytest.raises(BadDelivery):
            check_ca(bad)


def test_a_certificate_tells_no_name() -> None:
    for der in (TlsIdentity.create().ca_der, leaf(TlsIdentity.create())):
        cert = x509.load_der_x509_certificate(der)
        assert all(n.rfc4514_string().startswith("CN=offing ") for n in (cert.subject, cert.issuer))
        with pytest.raises(x509.ExtensionNotFound):
            cert.extensions.get_extension_for_class(x509.SubjectAlternativeName)
