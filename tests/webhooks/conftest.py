"""A receiver on this machine that speaks TLS, and an organisation that has events pushed to it."""

import datetime as dt
import http.server
import ssl
import threading
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from apps.core.actors import Actor
from apps.webhooks import sending, services
from tests import factories

HOST = "hooks.example.org"
NOW = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Key and self-signed certificate of the receiver's name, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    built = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "receiver.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + built.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def receiver(certificate, settings, monkeypatch):
    """Takes what is posted; `status` and `headers` say how it answers, `seen` what came."""
    state = SimpleNamespace(status=200, headers={}, text="ok", seen=[])

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.seen.append((self.path, dict(self.headers), body))
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(state.text.encode())

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.port = server.server_address[1]
    state.url = f"https://{HOST}:{state.port}/in?x=1"
    settings.WEBHOOK_CA, settings.WEBHOOK_NETWORKS = str(certificate), ["127.0.0.0/8"]
    state.addresses = ["127.0.0.1"]

    def look_up(host, port, **_more):
        return [(2, 1, 6, "", (address, port)) for address in state.addresses]

    monkeypatch.setattr(sending, "getaddrinfo", look_up)
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def owner(db):
    """A manager, as who acts for the organisation."""
    organisation, manager = factories.organisation("示例·事件茶业"), factories.person()
    factories.member(manager, organisation)
    return Actor(str(manager), user=manager, organisation_id=organisation.pk)


@pytest.fixture
def endpoint(owner, receiver):
    wanted = {"name": "质量系统", "url": receiver.url, "topics": ["file.step", "certificate.status"]}
    return services.add_endpoint(actor=owner, now=NOW, organisation_id=owner.organisation_id, **wanted)
