// What is written to and read back: a block device (device-target.ts), or in tests anything that behaves like one and can fail on purpose.
import type { DeviceState } from './failure.ts';

export interface BlockTarget {
  readonly sizeBytes: number;
  /** Every offset and length is a multiple of this. */
  readonly sectorBytes: number;
  /** Bytes written, maybe fewer than asked. Errors are the operating system's. */
  write(bytes: Uint8Array, offsetBytes: number): Promise<number>;
  /** Bytes read, maybe fewer than asked; 0 at the end. Past every cache of the computer. */
  read(bytes: Uint8Array, offsetBytes: number): Promise<number>;
  /** Zeros by the kernel's own means; false where the device has none: then they must be written. */
  zero(offsetBytes: number, lengthBytes: number): Promise<boolean>;
  /** Everything written so far is on the medium. */
  dataSync(): Promise<void>;
  sync(): Promise<void>;
  /** From now on reads go through a new descriptor. */
  reopen(): Promise<void>;
  state(): DeviceState;
}

/** The image: read by the rights of the person who asked. */
export interface ImageSource {
  /** Bytes read, maybe fewer than asked; 0 at the end. */
  read(bytes: Uint8Array, offsetBytes: number): Promise<number>;
}

/** Node has it; its types are those of browsers only. */
declare const WebAssembly: {
  Memory: new (size: { initial: number; maximum: number }) => { buffer: ArrayBuffer };
};

/**
 * Memory at a page's beginning, as O_DIRECT wants it (open(2)): WebAssembly gives whole pages, Node's own allocators do not.
 * @param sizeBytes a multiple of 64 KiB
 */
export function alignedBuffer(sizeBytes: number): Uint8Array {
  const pages = sizeBytes / 65_536;
  return new Uint8Array(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer);
}
