// Plans Seedbed's own boot check: small enough to be whole in memory.
import { encodeBootCheckImage } from '../formats/boot-check.ts';
import { defaultBootCheckEntries } from '../formats/boot-check-entries.ts';
import { createBudgetMeter } from '../formats/srcfs.ts';
import type { ImagePlan } from './image-plan.ts';
import { inputDigestOf, sha256Of } from './input-digest.ts';
import { readResource } from './resources.ts';

export async function planBootCheck(): Promise<ImagePlan> {
  const [stage1Text, stage2Text] = await Promise.all([
    readResource('boot-check/stage1.hex0'),
    readResource('boot-check/stage2.hex0'),
  ]);
  const files = defaultBootCheckEntries();
  const image = encodeBootCheckImage({ stage1Text, stage2Text, entries: files });
  const entries = files.map(({ path, bytes }) => ({
    path,
    sizeBytes: bytes.length,
    sha256: sha256Of(bytes),
  }));
  const regions = image.regions.map(({ name, offset, length }) => ({
    name,
    offsetBytes: offset,
    lengthBytes: length,
  }));
  const bytesOf = (wanted: string): Uint8Array => {
    const region = image.regions.find(({ name }) => name === wanted);
    return image.bytes.subarray(region?.offset, (region?.offset ?? 0) + (region?.length ?? 0));
  };
  const meter = createBudgetMeter();
  for (const entry of entries) meter.addEntry(entry);
  const directories = entries.filter(({ sizeBytes }) => sizeBytes === 0).length;
  return {
    kind: 'boot-check',
    goal: 'boot-check',
    disks: [
      {
        role: 'boot',
        inputDigest: inputDigestOf({
          sizeBytes: image.bytes.length,
          bootSectorSha256: sha256Of(bytesOf('boot-sector')),
          stage2Sha256: sha256Of(bytesOf('stage2')),
          entries,
          commands: [],
        }),
        sizeBytes: image.bytes.length,
        dataBytes: image.bytes.length,
        regions,
        partition: null,
        budgets: meter.budgets(),
        entries: {
          directories,
          files: entries.length - directories,
          payloadBytes: entries.reduce((total, { sizeBytes }) => total + sizeBytes, 0),
          streamBytes: bytesOf('stream').length,
        },
        segments: [{ kind: 'bytes', bytes: image.bytes }],
      },
    ],
    checkout: null,
    configuration: null,
    bootstrapCfg: null,
    overlays: [],
    distfiles: [],
    expectedBootCheck: image.expected,
    warnings: [],
  };
}
