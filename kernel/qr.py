"""QR pictures: black on white with the quiet margin, as SVG for pages and PNG for e-mail."""

from io import BytesIO

import qrcode
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage

BOX_PIXELS = 6
QUIET_MODULES = 4


def png(text: str) -> bytes:
    """Return a PNG of the QR code of `text`, error level M, with its margin."""
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M,
        box_size=BOX_PIXELS,
        border=QUIET_MODULES,
        image_factory=PilImage,
    )
    code.add_data(text)
    buffer = BytesIO()
    code.make_image().save(buffer, "PNG")
    return buffer.getvalue()


def svg(text: str) -> str:
    """Return an SVG of the QR code of `text`, error level M, with its margin."""
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M,
        border=QUIET_MODULES,
        image_factory=SvgPathImage,
    )
    code.add_data(text)
    return code.make_image().to_string(encoding="unicode")
