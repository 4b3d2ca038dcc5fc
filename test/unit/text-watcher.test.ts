// Text is told from what is none by its bytes alone, in whatever pieces they come.
import { describe, expect, it } from 'vitest';
import { openTextWatcher } from '../../src/engine/formats/blobs/text-watcher.ts';

function isText(bytes: Uint8Array, strict: boolean, piece = 3): boolean {
  const watcher = openTextWatcher(strict);
  for (let at = 0; at < bytes.length; at += piece) watcher.push(bytes.subarray(at, at + piece));
  return watcher.isText();
}

describe('text', () => {
  it('is UTF-8 of any language, and agrees with the platform’s own decoder', () => {
    const texts = ['', 'plain\ttext\r\n', 'ä€😀\u{10ffff}', '\u07ff\u0800\ud7ff\ue000\uffff\u{10000}'];
    for (const text of texts) expect(isText(Buffer.from(text), true, 1)).toBe(true);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let seed = 7;
    for (let round = 0; round < 3000; round += 1) {
      const bytes = Uint8Array.from({ length: 4 }, () => {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        return 0x80 + ((seed >> 12) % 0x80);
      });
      let valid = true;
      try {
        decoder.decode(bytes);
      } catch {
        valid = false;
      }
      expect(isText(bytes, true, 1)).toBe(valid);
    }
    for (const first of [0xe0, 0xed, 0xf0, 0xf4])
      for (const second of [0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf]) {
        const bytes = Uint8Array.from([first, second, 0x80, ...(first < 0xf0 ? [] : [0x80])]);
        expect([first, second, isText(bytes, true)]).toEqual([
          first,
          second,
          Buffer.from(bytes).toString() !== '' && !Buffer.from(bytes).toString().includes('\ufffd'),
        ]);
      }
  });

  it('is Latin-1 only where archives are looked into', () => {
    const latin1 = Buffer.from('Sm\xf6rg\xe5sbord, and much more text than that\n', 'latin1');
    expect([isText(latin1, true), isText(latin1, false)]).toEqual([false, true]);
  });

  it('has no NUL, and hardly any control character', () => {
    const long = 'x'.repeat(1000);
    expect(isText(Buffer.from(`${long}\0`), true)).toBe(false);
    expect(isText(Buffer.from(`${long}\0`), false)).toBe(false);
    expect([isText(Buffer.from(`${long}\u001a`), true), isText(Buffer.from(`${long}\u001a`), false)]).toEqual(
      [false, true],
    );
    expect(isText(Buffer.from('7f454c46010101', 'hex'), false)).toBe(false);
  });
});
