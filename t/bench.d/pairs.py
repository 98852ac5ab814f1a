# SPDX-License-Identifier: Apache-2.0
"""Key pairs and certificates as JSON lines by python3-cryptography."""
import datetime
import json
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ca = ec.generate_private_key(ec.SECP256R1())
issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CA")])
now = datetime.datetime(2026, 1, 1)
for i in range(int(sys.argv[1])):
    key = ec.generate_private_key(ec.SECP256R1())
    cert = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ACME;%08d" % i)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(825))
        .add_extension(x509.BasicConstraints(False, None), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(ca, hashes.SHA256())
    )
    print(
        json.dumps(
            {
                "tre_id": "ACME;%08d" % i,
                "cert_pem": cert.public_bytes(serialization.Encoding.PEM).decode(),
                "key_pem": key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                ).decode(),
            }
        )
    )
