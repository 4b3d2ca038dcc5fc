// The stretch of an image that its picture shows: zoomed and moved within the image, kept in the address as "offset-length".

export interface ByteRange {
  offsetBytes: number;
  lengthBytes: number;
}

/** Nearer than this the bytes themselves are shown. */
export const LEAST_WINDOW_BYTES = 512;

export function wholeWindow(sizeBytes: number): ByteRange {
  return { offsetBytes: 0, lengthBytes: Math.max(1, sizeBytes) };
}

/** `factor` below 1 comes nearer. The byte `aroundBytes` stays where it is in the picture. */
export function zoomWindow(
  window: ByteRange,
  factor: number,
  aroundBytes: number,
  sizeBytes: number,
): ByteRange {
  const least = Math.min(LEAST_WINDOW_BYTES, sizeBytes);
  const length = Math.round(Math.min(sizeBytes, Math.max(least, window.lengthBytes * factor)));
  const share = (aroundBytes - window.offsetBytes) / window.lengthBytes;
  return placed(aroundBytes - share * length, length, sizeBytes);
}

/** Moved by a share of its own length. */
export function moveWindow(window: ByteRange, share: number, sizeBytes: number): ByteRange {
  return placed(window.offsetBytes + share * window.lengthBytes, window.lengthBytes, sizeBytes);
}

/** The same window, moved as little as needed to have the byte in it. */
export function windowWith(window: ByteRange, atBytes: number, sizeBytes: number): ByteRange {
  const end = window.offsetBytes + window.lengthBytes;
  if (atBytes >= window.offsetBytes && atBytes < end) return window;
  return placed(atBytes - window.lengthBytes / 4, window.lengthBytes, sizeBytes);
}

/** Around a region, with some of what stands beside it. */
export function windowAround({ offsetBytes, lengthBytes }: ByteRange, sizeBytes: number): ByteRange {
  const length = Math.min(sizeBytes, Math.max(LEAST_WINDOW_BYTES, Math.round(lengthBytes * 1.25)));
  return placed(offsetBytes + lengthBytes / 2 - length / 2, length, sizeBytes);
}

export function formatWindow({ offsetBytes, lengthBytes }: ByteRange): string {
  return `${offsetBytes}-${lengthBytes}`;
}

/** Null for what is no window of an image of this size. */
export function parseWindow(text: string | null, sizeBytes: number): ByteRange | null {
  const [, offset, length] = /^(\d{1,16})-(\d{1,16})$/.exec(text ?? '') ?? [];
  const window = { offsetBytes: Number(offset), lengthBytes: Number(length) };
  const fits = window.lengthBytes > 0 && window.offsetBytes + window.lengthBytes <= sizeBytes;
  return fits ? window : null;
}

function placed(offset: number, lengthBytes: number, sizeBytes: number): ByteRange {
  return {
    offsetBytes: Math.round(Math.min(Math.max(0, offset), Math.max(0, sizeBytes - lengthBytes))),
    lengthBytes,
  };
}
