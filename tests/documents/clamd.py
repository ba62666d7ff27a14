"""A stub of ClamAV's daemon: speaks INSTREAM and finds EICAR's marker."""

import socketserver
import threading

MARKER = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(size)
        self.server.seen.append(len(content))
        self.wfile.write(self.server.answer or (b"stream: Eicar FOUND\0" if MARKER in content else b"stream: OK\0"))


class StubClamd(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[int] = []
        self.answer = b""
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"

    def close(self) -> None:
        self.shutdown()
        self.server_close()
