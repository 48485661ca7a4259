# SPDX-License-Identifier: LGPL-2.1-or-later
"""Certificates for a test, in files that go with it.

    with Certificates () as files:
        desk = Desk (tls_port=0, tls_cert_file=files.cert,
                     tls_key_file=files.key)
        Viewer (tls_port=…, ca_file=files.ca)"""

import datetime
import ipaddress
import os
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOUR = datetime.timedelta (hours=1)
KEY_PASSWORD = 'open sesame'


def name_of (text):
    return x509.Name ([x509.NameAttribute (NameOID.COMMON_NAME, text)])


class Identity:
    """A key and its certificate, signed by an issuer or by itself."""

    def __init__ (self, name, issuer=None, hours=24):
        now = datetime.datetime.utcnow ()
        self.name = name
        self.key = ec.generate_private_key (ec.SECP256R1 ())
        builder = (x509.CertificateBuilder ().subject_name (name_of (name))
                   .issuer_name (name_of ((issuer or self).name))
                   .public_key (self.key.public_key ())
                   .serial_number (x509.random_serial_number ())
                   .not_valid_before (now - 48 * HOUR)
                   .not_valid_after (now + hours * HOUR))
        if issuer:
            builder = builder.add_extension (x509.SubjectAlternativeName ([
                x509.DNSName ('localhost'),
                x509.IPAddress (ipaddress.ip_address ('127.0.0.1'))]), False)
        else:
            builder = builder.add_extension (
                x509.BasicConstraints (ca=True, path_length=None), True)
        self.certificate = builder.sign ((issuer or self).key, hashes.SHA256 ())

    def certificate_pem (self):
        return self.certificate.public_bytes (serialization.Encoding.PEM)

    def key_pem (self, password=None):
        lock = (serialization.BestAvailableEncryption (password.encode ())
                if password else serialization.NoEncryption ())
        return self.key.private_bytes (serialization.Encoding.PEM,
                                       serialization.PrivateFormat.PKCS8, lock)


class Certificates:
    """Files: ca, cert, key, locked_key; other_ca, expired and client with
    their keys inside."""

    def __enter__ (self):
        self._folder = tempfile.TemporaryDirectory ()
        self.authority = Identity ('an authority')
        self.server = Identity ('localhost', self.authority)
        past = Identity ('localhost', self.authority, hours=-24)
        client = Identity ('a viewer', self.authority)
        self.ca = self.write ('ca', self.authority.certificate_pem ())
        self.other_ca = self.write (
            'other-ca', Identity ('another authority').certificate_pem ())
        self.cert = self.write ('cert', self.server.certificate_pem ())
        self.key = self.write ('key', self.server.key_pem ())
        self.locked_key = self.write ('locked',
                                      self.server.key_pem (KEY_PASSWORD))
        self.expired = self.write (
            'expired', past.certificate_pem () + past.key_pem ())
        self.client = self.write (
            'client', client.certificate_pem () + client.key_pem ())
        return self

    def __exit__ (self, kind, value, traceback):
        self._folder.cleanup ()

    def write (self, name, text):
        path = os.path.join (self._folder.name, name + '.pem')
        with open (path, 'wb') as file:
            file.write (text)
        return path

    def renew (self):
        """A new certificate and key in the same files."""
        self.server = Identity ('localhost', self.authority)
        self.write ('cert', self.server.certificate_pem ())
        self.write ('key', self.server.key_pem ())
