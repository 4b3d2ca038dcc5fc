// A file with the record of an image: not bootable, but every run can copy it.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StartableImage } from '../../src/engine/run/runs.ts';
import type { BootCheckEntry, ImageGoal } from '../../src/shared/model/console.ts';
import type { Image } from '../../src/shared/model/image.ts';

export const FAKE_ENTRIES: BootCheckEntry[] = [
  { path: '/hello', sizeBytes: 5, crc32: '3610a686' },
  { path: '/world', sizeBytes: 7, crc32: '0badcafe' },
];

const DATA_BYTES = 70_000;
const SIZE_BYTES = 1_048_576;

export function createFakeImage(folder: string, goal: ImageGoal = 'boot-check'): StartableImage & Image {
  const data = Buffer.alloc(DATA_BYTES, 'seed');
  const path = join(folder, `image-${goal}.img`);
  writeFileSync(path, Buffer.concat([data, Buffer.alloc(SIZE_BYTES - DATA_BYTES)]));
  const sha256 = (from: number, to: number): string =>
    createHash('sha256').update(data.subarray(from, to)).digest('hex');
  const region = (name: 'boot-sector' | 'stream', from: number, to: number) => ({
    name,
    offsetBytes: from,
    lengthBytes: to - from,
    sha256: sha256(from, to),
  });
  return {
    id: `image-${goal}`,
    path,
    record: {
      version: 2,
      kind: goal === 'boot-check' ? 'boot-check' : 'kernel-bootstrap',
      goal,
      inputDigest: 'a'.repeat(64),
      disks: [
        {
          role: 'boot',
          file: 'boot.img',
          inputDigest: 'b'.repeat(64),
          sha256: sha256(0, DATA_BYTES),
          sizeBytes: SIZE_BYTES,
          dataBytes: DATA_BYTES,
          partition: null,
          regions: [region('boot-sector', 0, 512), region('stream', 512, DATA_BYTES)],
          budgets: [],
          entries: { directories: 0, files: FAKE_ENTRIES.length, payloadBytes: 12, streamBytes: 100 },
        },
      ],
      checkout: null,
      configuration: null,
      overlays: [],
      bootstrapCfg: null,
      distfiles: [],
      expectedBootCheck: goal === 'boot-check' ? FAKE_ENTRIES : [],
      warnings: [],
    },
  };
}
