"""The container's health check: `python -m certportal.probe healthz|readyz [host:port]`; exit code 0 when it answers.

It names a host of ALLOWED_HOSTS, because the portal answers for no other, and speaks as the TLS proxy would.
"""

import contextlib
import http.client
import os
import sys


def main(arguments: list[str]) -> int:
    path, address = arguments[0], arguments[1] if len(arguments) > 1 else "127.0.0.1:" + os.environ.get("PORT", "8000")
    host = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")[0].strip().lstrip(".")
    try:
        with contextlib.closing(http.client.HTTPConnection(address, timeout=4)) as connection:
            connection.request("GET", f"/{path}", headers={"Host": host, "X-Forwarded-Proto": "https"})
            response = connection.getresponse()
            body = response.read(2000).decode(errors="replace")
            response.close()
    except OSError as error:
        print(f"{address}: {error}", file=sys.stderr)
        return 1
    if response.status != 200:
        print(f"{response.status}: {body}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
