// One hash over what decides an image's bytes, the same for every order in which its entries may stand.
import { createHash } from 'node:crypto';
import type { DiskRole } from '../../shared/model/image.ts';
import { compareSrcPaths, type SrcEntry } from '../formats/srcfs.ts';

export interface DigestInput {
  sizeBytes: number;
  bootSectorSha256: string;
  stage2Sha256: string;
  entries: readonly (SrcEntry & { sha256: string })[];
  commands: readonly string[];
}

/** sha256 of a text that anyone can write down again: see the lines below, each ended by a line feed. */
export function inputDigestOf(input: DigestInput): string {
  const entries = [...input.entries].sort((a, b) => compareSrcPaths(a.path, b.path));
  const lines = [
    'seedbed boot disk 1',
    `size ${input.sizeBytes}`,
    `boot-sector ${input.bootSectorSha256}`,
    `stage2 ${input.stage2Sha256}`,
    ...entries.map(({ path, sizeBytes, sha256 }) => `src ${sizeBytes} ${sha256} ${path}`),
    ...input.commands.map((command) => `command ${command}`),
  ];
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest('hex');
}

/** Over all disks of an image; see ImageRecord. */
export function imageDigestOf(disks: readonly { role: DiskRole; inputDigest: string }[]): string {
  return sha256Of(
    ['seedbed image 2', ...disks.map(({ role, inputDigest }) => `disk ${role} ${inputDigest}`), ''].join(
      '\n',
    ),
  );
}

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
