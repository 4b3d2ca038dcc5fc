// Memory of an interpreted i386 program: its image with the heap behind it, and a stack. Bounded; whatever lies elsewhere is a fault.

const PAGE_BYTES = 4096;
const STACK_TOP = 0xc0000000;

/** A program touched memory that it does not have. */
export class MemoryFault extends Error {
  readonly address: number;
  constructor(address: number) {
    super(`no memory at 0x${address.toString(16)}`);
    this.address = address;
  }
}

export interface Memory {
  readonly base: number;
  readonly stackTop: number;
  /** End of the heap, an address. */
  brk(): number;
  /** True when there is room; what is new is zero. */
  setBrk(address: number): boolean;
  read(address: number, width: 1 | 2 | 4): number;
  write(address: number, width: 1 | 2 | 4, value: number): void;
  /** The bytes themselves, to fill or to copy out; faults where they are not all there. */
  view(address: number, length: number): Uint8Array;
}

export interface MemoryOptions {
  base: number;
  image: Uint8Array;
  /** From `base`; more than the image has is zero. */
  sizeBytes: number;
  writable: boolean;
  stackBytes: number;
  limitBytes: number;
  /** Called before bytes of the image change. */
  onImageWrite: (address: number) => void;
}

export function createMemory(options: MemoryOptions): Memory {
  const { base, image, writable, stackBytes, limitBytes, onImageWrite } = options;
  const stack = new Uint8Array(stackBytes);
  const stackBase = STACK_TOP - stackBytes;
  let end = roundUp(options.sizeBytes);
  let low = new Uint8Array(end);
  low.set(image);

  function reserve(length: number): void {
    if (length <= low.length) return;
    const grown = new Uint8Array(Math.min(limitBytes, Math.max(length, low.length * 2)));
    grown.set(low);
    low = grown;
  }

  function locate(address: number, length: number): { bytes: Uint8Array; at: number } {
    const fromBase = address - base;
    if (fromBase >= 0 && fromBase + length <= end) {
      reserve(fromBase + length);
      return { bytes: low, at: fromBase };
    }
    const fromStack = address - stackBase;
    if (fromStack >= 0 && fromStack + length <= stackBytes) return { bytes: stack, at: fromStack };
    throw new MemoryFault(address);
  }

  return {
    base,
    stackTop: STACK_TOP,
    brk: () => base + end,
    setBrk(address) {
      const wanted = address - base;
      if (wanted < image.length || wanted > limitBytes) return false;
      end = wanted;
      return true;
    },
    read(address, width) {
      const { bytes, at } = locate(address, width);
      const first = bytes[at] ?? 0;
      if (width === 1) return first;
      const half = first | ((bytes[at + 1] ?? 0) << 8);
      return width === 2 ? half : (half | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
    },
    write(address, width, value) {
      const { bytes, at } = locate(address, width);
      if (bytes === low && at < image.length) {
        if (!writable) throw new MemoryFault(address);
        onImageWrite(address);
      }
      bytes[at] = value;
      if (width === 1) return;
      bytes[at + 1] = value >>> 8;
      if (width === 2) return;
      bytes[at + 2] = value >>> 16;
      bytes[at + 3] = value >>> 24;
    },
    view(address, length) {
      const { bytes, at } = locate(address, length);
      return bytes.subarray(at, at + length);
    },
  };
}

function roundUp(length: number): number {
  return Math.ceil(length / PAGE_BYTES) * PAGE_BYTES;
}
