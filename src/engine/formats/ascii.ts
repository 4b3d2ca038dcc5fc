// Text whose characters are one byte each, to bytes and back. Names, headers and commands of a source stream are ASCII (srcfs.ts refuses others).

export function encodeAscii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** Each byte as the character of the same number; bytes above 0x7F are for the caller to refuse. */
export function decodeAscii(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096)
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}
