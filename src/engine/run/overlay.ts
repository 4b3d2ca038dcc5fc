// Layers over a run's disks: what the machine writes, and its checkpoints, go into a qcow2 file above the copy of the image, which then never changes
// (docs/adr/0011-checkpoints.md).
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeQcow2Layer } from '../formats/qcow2.ts';
import { atPath } from '../os-errors.ts';

/** `boot.img` → `boot.qcow2`, in the same folder. */
export function overlayNameFor(file: string): string {
  return `${file.replace(/\.img$/, '')}.qcow2`;
}

/** An empty layer over `folder/file`. Throws DISK_FULL, FILE_EXISTS. */
export async function createOverlay(folder: string, file: string, sizeBytes: number): Promise<void> {
  const path = join(folder, overlayNameFor(file));
  await atPath(path, () => writeFile(path, encodeQcow2Layer(sizeBytes, file), { flag: 'wx', mode: 0o600 }));
}
