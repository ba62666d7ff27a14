"""Documents for tests: good ones, and a corpus of bad ones."""

import io
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def image(form: str = "PNG", size: tuple[int, int] = (40, 30), **options) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(written, form, **options)
    return written.getvalue()


def upload(content: bytes = PDF, name: str = "营业执照.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def pixel_bomb() -> bytes:
    """A PNG of 900 million pixels in a few kilobytes."""
    return picture(30_000, 30_000)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A piece of a PNG."""
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def picture(width: int, height: int, *extra: bytes) -> bytes:
    """A PNG that says how large it is, whatever it holds."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(extra) + pixels + chunk(b"IEND", b"")


def hidden_in_stream(inside: bytes) -> bytes:
    """A PDF whose objects lie in a compressed object stream, as most programs write them today."""
    packed = zlib.compress(inside)
    stream = b"5 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n"
    return PDF.replace(b"trailer", stream % (len(packed), packed) + b"trailer")


BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "document.empty"),
    "text": ("营业执照".encode(), "document.type"),
    "html": (b"<html><script>alert(1)</script></html>", "document.type"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "document.type"),
    "zip": (b"PK\x03\x04" + b"\0" * 100, "document.type"),
    "exe": (b"MZ" + b"\0" * 200, "document.type"),
    "gif with html": (b"GIF89a<script>alert(1)</script>" + b"\0" * 50, "document.type"),
    "html with a late pdf": (b"<html>%PDF-1.4 %%EOF", "document.type"),
    "xlsx by name only": (b"PK\x03\x04[Content_Types].xml", "document.type"),
    "broken png": (image()[:60], "document.image"),
    "broken jpeg": (image("JPEG")[:200], "document.image"),
    "pixel bomb": (pixel_bomb(), "document.image"),
    "too many pixels": (image(size=(6000, 4200)), "document.pixels"),
    "half a pdf": (PDF[:60], "document.pdf"),
    "pdf with script": (PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(x)>>"), "document.active"),
    "pdf with launch": (PDF.replace(b"/Catalog", b"/Catalog/AA<</S/Launch>>"), "document.active"),
    "pdf with attachment": (PDF.replace(b"/Catalog", b"/Catalog/Names<</EmbeddedFiles 3 0 R>>"), "document.active"),
    "pdf with an escaped name": (PDF.replace(b"/Catalog", b"/Catalog/AA<</S/J#61va#53cript>>"), "document.active"),
    "pdf with a hidden script": (hidden_in_stream(b"1 0 <</S/JavaScript/JS(x)>>"), "document.active"),
    "pdf with a rendition": (hidden_in_stream(b"1 0 <</S/Rendition/JS(x)>>"), "document.active"),
    "pdf with a cut stream": (
        hidden_in_stream(b"1 0 <</S/JavaScript>>").replace(b"\nendstream", b"endstream", 1)[:-60] + b"%%EOF",
        "document.pdf",
    ),
    "pdf with a password": (PDF.replace(b"<</Root", b"<</Encrypt 9 0 R/Root"), "document.locked"),
    "pdf that sends forms": (PDF.replace(b"/Catalog", b"/Catalog/AA<</S/SubmitForm>>"), "document.active"),
    "too large": (PDF + b"0" * (10 * 1024 * 1024), "document.size"),
}
