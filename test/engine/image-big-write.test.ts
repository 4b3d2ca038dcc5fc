// Images that are big enough to be written past the page cache, judged by sha256sum.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alignedBytes, ALIGNMENT_BYTES, openDirectOutput } from '../../src/engine/bytes/direct-output.ts';
import type { DiskSegment } from '../../src/engine/image/segments.ts';
import { writeImageData } from '../../src/engine/image/write-image.ts';
import { refusalOf } from '../support/checkout-harness.ts';
import { useTempFolders } from '../support/temp.ts';

const makeTempFolder = useTempFolders();
const FILE_BYTES = 70_000_003;
/** statfs(2): a file system in memory, which has no way past the page cache. */
const TMPFS_MAGIC = 0x01021994;

const sumOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const content = Buffer.alloc(FILE_BYTES);
for (let at = 0; at + 8 <= FILE_BYTES; at += 4096) content.writeBigUInt64LE(BigInt(at) * 0x9e3779b97n, at);

/** Write head, file and tail, then read the file's sum back with another program. */
async function write(folder: string, planned = sumOf(content)): Promise<{ ours: string; theirs: string }> {
  const [input, output] = [join(folder, 'input'), join(folder, 'output')];
  writeFileSync(input, content);
  const head = Buffer.from('src 70000003 /input\n');
  const tail = Buffer.alloc(5 * 512, 7);
  const segments: DiskSegment[] = [
    { kind: 'bytes', bytes: head },
    { kind: 'file', path: input, sizeBytes: FILE_BYTES, sha256: planned, distfile: 'input' },
    { kind: 'bytes', bytes: tail },
  ];
  const lengthBytes = head.length + FILE_BYTES + tail.length;
  const regions = [{ name: 'stream' as const, offsetBytes: 0, lengthBytes }];
  const file = await open(output, 'wx');
  try {
    const { sha256 } = await writeImageData(file, output, { segments, regions, partition: null }, {});
    const theirs = execFileSync('sha256sum', [output], { encoding: 'utf8' }).slice(0, 64);
    expect(theirs).toBe(sumOf(Buffer.concat([head, content, tail])));
    return { ours: sha256, theirs };
  } finally {
    await file.close();
  }
}

describe('an image of 70 MB', () => {
  it('has the bytes that were planned, on a disk', async () => {
    const { ours, theirs } = await write(makeTempFolder());
    expect(ours).toBe(theirs);
  });

  const shm = existsSync('/dev/shm') && statfsSync('/dev/shm').type === TMPFS_MAGIC;
  it.skipIf(!shm)('and in memory (skipped without a tmpfs at /dev/shm)', async () => {
    const folder = mkdtempSync('/dev/shm/seedbed-test-');
    try {
      const { ours, theirs } = await write(folder);
      expect(ours).toBe(theirs);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is refused when a file in it is not the one that was planned', async () => {
    expect(await refusalOf(write(makeTempFolder(), sumOf(Buffer.from('another'))))).toMatchObject({
      code: 'DISTFILE_MISMATCH',
      name: 'input',
      actual: sumOf(content),
    });
  });
});

describe.skipIf(process.platform !== 'linux')('writing past the page cache (Linux)', () => {
  it('takes whole blocks at whole blocks, and leaves all else to others', async () => {
    const path = join(makeTempFolder(), 'file');
    const file = await open(path, 'wx+');
    const direct = await openDirectOutput(file);
    try {
      // Not every file system has it; then there is nothing to ask.
      if (direct === null) return;
      const bytes = alignedBytes(2 * ALIGNMENT_BYTES).fill(3);
      expect(await direct.write(bytes, 100)).toBe(false);
      expect(await direct.write(bytes.subarray(0, 100), 0)).toBe(false);
      expect((await file.stat()).size).toBe(0);
      if (!(await direct.write(bytes, ALIGNMENT_BYTES))) return;
      const found = Buffer.alloc(3 * ALIGNMENT_BYTES);
      await file.read(found, 0, found.length, 0);
      expect(found.equals(Buffer.concat([Buffer.alloc(ALIGNMENT_BYTES), bytes]))).toBe(true);
    } finally {
      await direct?.close();
      await file.close();
    }
  });
});
