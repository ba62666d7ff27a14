"""Bring the files of other projects into the tree, each version pinned by its hash in vendor.lock.json.

A developer runs this after changing the lock and commits what it wrote; nothing is fetched when the portal is set up.
"""

import base64
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

LOCK = "vendor.lock.json"
SOURCE_MAP = re.compile(rb"\n?(//[#@]|/\*[#@])\s*sourceMappingURL=[^\n]*")
SPRITE_HEAD = '<svg xmlns="http://www.w3.org/2000/svg">\n'


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Fetch the packages of vendor.lock.json with npm, check their sha512, and write static/vendor/."

    def handle(self, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        lock = json.loads((root / LOCK).read_text(encoding="utf-8"))
        packages = lock["packages"]
        for package in packages:
            with tempfile.TemporaryDirectory() as folder:
                archive = self.fetch(package, Path(folder))
                self.unpack(package, archive, root)
            self.stdout.write(f"{package['name']} {package['version']} -> {package['folder']}")
        (root / "THIRD_PARTY.md").write_text(third_party([*packages, *lock["recorded"]]), encoding="utf-8")

    def fetch(self, package: dict[str, Any], folder: Path) -> Path:
        wanted = f"{package['name']}@{package['version']}"
        command = ["npm", "pack", "--silent", "--pack-destination", str(folder), wanted]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - names come from the committed lock
        archive = next(folder.glob("*.tgz"))
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if package["integrity"] != f"sha512-{digest}":
            raise CommandError(f"{wanted}: the archive's sha512 is not the one in {LOCK}; nothing was written")
        return archive

    def unpack(self, package: dict[str, Any], archive: Path, root: Path) -> None:
        target = root / package["folder"]
        target.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as content:
            for name, new_name in package["files"].items():
                (target / new_name).write_bytes(SOURCE_MAP.sub(b"", _read(content, name)))
            if "sprite" in package:
                shapes = {
                    ours: _read(content, f"icons/outline/{theirs}.svg").decode()
                    for ours, theirs in package["sprite"].items()
                }
                (target / "sprite.svg").write_text(sprite(shapes), encoding="utf-8")


def _read(content: tarfile.TarFile, name: str) -> bytes:
    member = content.extractfile(f"package/{name}")
    if member is None:
        raise CommandError(f"{content.name!r}: no file {name}")
    return member.read()


def sprite(shapes: dict[str, str]) -> str:
    """One SVG with a symbol per icon; stroke and size come from the stylesheet of the page that uses it."""
    symbols = []
    for name, svg in sorted(shapes.items()):
        inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
        paths = [path for path in re.findall(r"<[^>]+/>", inner) if 'stroke="none" d="M0 0h24v24H0z"' not in path]
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{"".join(paths)}</symbol>\n')
    return SPRITE_HEAD + "".join(symbols) + "</svg>\n"


def third_party(packages: list[dict[str, Any]]) -> str:
    rows = [f"| {p['name']} | {p['version']} | {p['licence']} | `{p['folder']}` |" for p in packages]
    return "\n".join(
        [
            "# Third-party files in this tree",
            "",
            f"Written by `manage.py vendor_assets` from {LOCK}. Each folder holds the licence text.",
            "",
            "| Package | Version | Licence | Where |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )
