// Writes file systems that planExt3 planned into sparse files, and runs the judges over them.
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { delimiter } from 'node:path';
import { expect } from 'vitest';
import type { Ext3Entry, Ext3Options } from '../../src/engine/formats/ext3/ext3-entry.ts';
import { type Ext3Plan, planExt3 } from '../../src/engine/formats/ext3/plan-ext3.ts';

/** What a file holds: bytes; nothing but zeros; or in each block its own number, as 8 bytes, with zeros behind it. */
export type TestContent = Uint8Array | 'zeros' | 'numbered';

export const MEBIBYTE = 1024 * 1024;
export const GIBIBYTE = 1024 * MEBIBYTE;
const BLOCK = 4096;
const OWNER = { mode: 0o644, uid: 0, gid: 0 };

export function directoryEntry(path: string): Ext3Entry<TestContent> {
  return { path, type: 'directory', ...OWNER, mode: 0o755 };
}

export function fileEntry(path: string, bytes: Uint8Array | string): Ext3Entry<TestContent> {
  const content = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return { path, type: 'file', ...OWNER, sizeBytes: content.length, content };
}

/** A file of any size that costs nothing. */
export function hugeEntry(
  path: string,
  sizeBytes: number,
  content: 'zeros' | 'numbered' = 'zeros',
): Ext3Entry<TestContent> {
  return { path, type: 'file', ...OWNER, sizeBytes, content };
}

export function symlinkEntry(path: string, target: string): Ext3Entry<TestContent> {
  return { path, type: 'symlink', ...OWNER, mode: 0o777, target };
}

export const TEST_UUID = '5eedbed0-0000-4000-8000-000000000001';

export function testOptions(sizeBytes: number): Ext3Options {
  return {
    sizeBytes,
    uuid: Buffer.from(TEST_UUID.replaceAll('-', ''), 'hex'),
    hashSeed: Buffer.from('00112233445566778899aabbccddeeff', 'hex'),
    timeSeconds: 1_000_000_000,
    root: { ...OWNER, mode: 0o755 },
  };
}

/** Plan and write. The file has holes wherever the file system has nothing but zeros. */
export function writeExt3(
  path: string,
  entries: readonly Ext3Entry<TestContent>[],
  options: Ext3Options,
): Ext3Plan<TestContent> {
  const plan = planExt3(entries, options);
  const file = openSync(path, 'wx');
  ftruncateSync(file, options.sizeBytes);
  for (const segment of plan.segments()) {
    if (segment.kind === 'bytes')
      writeSync(file, segment.bytes, 0, segment.bytes.length, segment.offsetBytes);
    else writeContent(file, segment);
  }
  closeSync(file);
  return plan;
}

function writeContent(
  file: number,
  segment: { offsetBytes: number; content: TestContent; contentOffsetBytes: number; lengthBytes: number },
): void {
  const { offsetBytes, content, contentOffsetBytes, lengthBytes } = segment;
  if (content === 'zeros') return;
  if (content !== 'numbered') {
    writeSync(file, content, contentOffsetBytes, lengthBytes, offsetBytes);
    return;
  }
  const number = Buffer.alloc(8);
  for (let done = 0; done < lengthBytes; done += BLOCK) {
    number.writeBigUInt64LE(BigInt((contentOffsetBytes + done) / BLOCK));
    writeSync(file, number, 0, Math.min(number.length, lengthBytes - done), offsetBytes + done);
  }
}

export interface Judgement {
  status: number | null;
  /** Its standard output. */
  words: string;
}

/** Run a judge, whatever its exit status is. */
export function judge(program: string, ...args: string[]): Judgement {
  const done = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 256 * MEBIBYTE,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC', PATH: judgePath() },
  });
  return { status: done.status, words: done.stdout };
}

/** Debian keeps e2fsck and sfdisk where only root's PATH looks. */
export function judgePath(): string {
  return [process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter);
}

export function hasProgram(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { env: { ...process.env, PATH: judgePath() } }).error === undefined;
}

/** Throws where REQUIRE_TOOLS says that it must be there. */
export function hasE2fsprogs(): boolean {
  const found = ['e2fsck', 'debugfs', 'dumpe2fs', 'tune2fs', 'mke2fs'].every((name) =>
    hasProgram(name, '-V'),
  );
  if (!found && process.env['REQUIRE_TOOLS'] === '1') throw new Error('e2fsprogs is required');
  return found;
}

/** e2fsck's five passes without a word in between: nothing was wrong. */
export const CLEAN: Judgement = {
  status: 0,
  words: expect.stringMatching(/^(?:Pass \d: [^\n]*\n){5}[^\n]* files [^\n]* blocks\n$/) as string,
};

export function checkExt3(path: string): Judgement {
  return judge('e2fsck', '-fn', path);
}
