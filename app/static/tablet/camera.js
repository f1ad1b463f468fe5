// The camera over the page: reads QR codes by itself, and barcodes where the browser can.

const EVERY_MS = 150;
const WIDTH_MAX = 800;
const BARCODES = ["qr_code", "ean_13", "ean_8", "upc_a", "code_128"];

// Resolves to what the camera read; to null when it was closed or could not be opened.
export async function openCamera({ says, refused, close }) {
  const { dialog, video, line } = build(says, close);
  document.body.append(dialog);
  dialog.showModal();
  const closed = new Promise((resolve) => dialog.addEventListener("close", () => resolve(null)));
  let stream = null;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    await video.play();
    return await Promise.race([read(video, await reader(), dialog), closed]);
  } catch {
    line.textContent = refused;
    return await closed;
  } finally {
    for (const track of stream?.getTracks() ?? []) track.stop();
    dialog.close();
    dialog.remove();
  }
}

function build(says, close) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog camera";
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  const line = document.createElement("p");
  line.role = "status";
  line.textContent = says;
  dialog.setAttribute("aria-label", says);
  const button = document.createElement("button");
  button.className = "button";
  button.textContent = close;
  button.addEventListener("click", () => dialog.close());
  dialog.append(video, line, button);
  return { dialog, video, line };
}

async function read(video, decode, dialog) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  while (dialog.open) {
    if (video.videoWidth) {
      const scale = Math.min(1, WIDTH_MAX / video.videoWidth);
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const text = await decode(canvas, context);
      if (text) return text;
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  return null;
}

// The browser's own detector also reads barcodes; everywhere else our module reads QR codes.
async function reader() {
  const can = (await window.BarcodeDetector?.getSupportedFormats?.()) ?? [];
  if (can.includes("ean_13")) {
    const detector = new window.BarcodeDetector({ formats: BARCODES.filter((one) => can.includes(one)) });
    return async (canvas) => {
      const seen = await detector.detect(canvas); // lines of a QR code may look like a barcode
      return (seen.find((one) => one.format === "qr_code") ?? seen[0])?.rawValue ?? null;
    };
  }
  const { decodeQR } = await import("../vendor/qr/decode.js");
  return async (canvas, context) => {
    try {
      return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      return null; // no code in this picture
    }
  };
}
