"""A self-signed certificate for every ACM certificate that a listener names."""

import datetime
import hashlib
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_LIFE = datetime.timedelta(days=3650)


@dataclass(frozen=True)
class Certificate:
    """PEM files of a certificate and its key."""

    certificate: Path
    key: Path


def certificate(folder: Path, arn: str) -> Certificate:
    """The certificate that stands for `arn`, for localhost and 127.0.0.1; made when first asked."""
    name = hashlib.sha256(arn.encode()).hexdigest()[:16]
    found = Certificate(folder / f"{name}.crt", folder / f"{name}.key")
    if not (found.certificate.exists() and found.key.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        _make(found, arn)
    return found


def _make(files: Certificate, arn: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    signed = _signed(key, arn)
    files.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))


def _signed(key: ec.EllipticCurvePrivateKey, arn: str) -> x509.Certificate:
    # The common name holds 64 characters, the ARN more: its last word tells them apart.
    common = x509.NameAttribute(x509.NameOID.COMMON_NAME, arn.rpartition("/")[2][:64])
    name = x509.Name(
        [common, x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Evenkeel sandbox")]
    )
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
