// Single bytes of a boot image changed, and what each belongs to: told by a reader that shares nothing with src/.
import type { PlainImage } from './read-image.ts';

/** The same numbers for the same seed (mulberry32). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Path of the entry, or name of the region, that a byte of a whole image belongs to. */
export function regionOfByte(image: PlainImage, offset: number): string {
  if (offset < 512) return 'boot-sector';
  if (offset < 512 + image.stage2.length) return 'stage2';
  if (offset < image.streamOffset) return 'padding';
  let at = image.streamOffset;
  for (const { path, sizeBytes } of image.entries) {
    at += `src ${sizeBytes} ${path}\n`.length + sizeBytes;
    if (offset < at) return path;
  }
  return offset < image.streamEnd ? 'commands' : 'zeros';
}

/** Places to change: half of them in the short regions and lines that even spreading would miss. */
export function placesToChange(
  image: PlainImage,
  count: number,
  random: (below: number) => number,
): number[] {
  const starts: number[] = [];
  let at = image.streamOffset;
  for (const { path, sizeBytes } of image.entries) {
    const line = `src ${sizeBytes} ${path}\n`.length;
    starts.push(at, line);
    at += line + sizeBytes;
  }
  const heads = starts.length / 2;
  const dataEnd = Math.min(image.sizeBytes, image.streamEnd + 4096);
  return Array.from({ length: count }, (_, index) => {
    switch (index % 6) {
      case 0:
        return random(512);
      case 1: {
        const entry = random(heads);
        return (starts[entry * 2] ?? 0) + random(starts[entry * 2 + 1] ?? 1);
      }
      case 2:
        return at + random(image.streamEnd - at);
      case 3:
        return 512 + random(image.streamOffset - 512);
      case 4:
        return image.streamEnd + random(image.sizeBytes - image.streamEnd);
      default:
        return image.streamOffset + random(dataEnd - image.streamOffset);
    }
  });
}
