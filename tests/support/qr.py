"""What a scanner reads in a picture."""

import zxingcpp
from PIL import Image


def scan_qr(picture: Image.Image) -> str:
    """Return what the one QR code in a picture says.

    Other kinds of code are not looked for: lines of a QR code now and then look like one.
    """
    found = zxingcpp.read_barcodes(picture.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    (code,) = found
    return str(code.text)
