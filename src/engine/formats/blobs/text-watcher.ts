// Is a stream of bytes text that a person could read? Valid UTF-8 (RFC 3629) or ISO 8859 text, without the control characters that no text has.

export interface TextWatcher {
  push(bytes: Uint8Array): void;
  isText(): boolean;
}

/** Tab, line feed, vertical tab, form feed, carriage return, and escape (colours in texts, shift sequences of ISO 2022). */
const CONTROLS_OF_TEXT = new Set([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b]);
/** Old archives carry ^H of manuals, ^Z of DOS, ^L of listings; one in a hundred bytes at most. */
const STRAY = new Set([0x00, 0x08, 0x1a, 0x1f, 0x7f]);

/** `strict`: UTF-8 only, no stray characters: what a checkout's texts are held to. Archives of the nineties hold Latin-1. */
export function openTextWatcher(strict: boolean): TextWatcher {
  const utf8 = openUtf8Check();
  let bytes = 0;
  let bad = 0;
  let high = 0;

  function count(piece: Uint8Array): void {
    for (const byte of piece) {
      if (byte >= 0x20 && byte < 0x7f) continue;
      if (byte >= 0x80) {
        // 0x80 to 0x9f are controls in ISO 8859, and letters in DOS and Windows texts.
        if (byte < 0xa0) high += 1;
      } else if (!CONTROLS_OF_TEXT.has(byte)) bad += byte === 0 || !STRAY.has(byte) ? 100 : 1;
    }
    bytes += piece.length;
  }

  return {
    push(piece) {
      count(piece);
      utf8.push(piece);
    },
    isText() {
      const isUtf8 = utf8.isWhole();
      if (strict) return isUtf8 && bad === 0;
      const most = bytes / 100;
      return bad <= most && (isUtf8 || high <= most);
    },
  };
}

/** RFC 3629, 4: what may follow each first byte; no surrogates, nothing longer than it need be. */
function openUtf8Check(): { push(bytes: Uint8Array): void; isWhole(): boolean } {
  let left = 0;
  let low = 0x80;
  let high = 0xbf;
  let valid = true;

  function begin(byte: number): void {
    if (byte < 0x80) return;
    if (byte < 0xc2 || byte > 0xf4) valid = false;
    left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte === 0xe0) low = 0xa0;
    if (byte === 0xed) high = 0x9f;
    if (byte === 0xf0) low = 0x90;
    if (byte === 0xf4) high = 0x8f;
  }

  return {
    push(bytes) {
      for (const byte of valid ? bytes : []) {
        if (left === 0) begin(byte);
        else {
          if (byte < low || byte > high) valid = false;
          left -= 1;
          low = 0x80;
          high = 0xbf;
        }
      }
    },
    isWhole: () => valid && left === 0,
  };
}
