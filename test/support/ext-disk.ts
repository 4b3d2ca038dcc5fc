// A disk as a bootstrap leaves it: one partition with a real ext4, made by mke2fs from a folder; and packages made as upstream's src_pkg makes them.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  truncateSync,
  writeSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const SECTOR = 512;
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/** mke2fs with -d, tar and bzip2; null when all are there, else what is missing. */
export function missingDiskTools(): string | null {
  for (const [tool, ...args] of [
    ['mke2fs', '-V'],
    ['tar', '--version'],
    ['bzip2', '--help'],
  ] as const)
    try {
      execFileSync(tool, args, { env: { ...process.env, PATH }, stdio: 'ignore' });
    } catch {
      if (process.env['REQUIRE_TOOLS'] === '1') throw new Error(`${tool} is missing`);
      return tool;
    }
  return null;
}

/** A package with these files, as live-bootstrap 984b8322, steps/helpers.sh (src_pkg) packs one when tar can sort. */
export function makePackage(files: Readonly<Record<string, string>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'seedbed-package-'));
  try {
    const root = join(folder, 'destdir');
    putFiles(root, files);
    const archive = join(folder, 'package.tar');
    const options = ['--sort=name', '--hard-dereference', '--numeric-owner', '--owner=0', '--group=0'];
    execFileSync('tar', ['-C', root, ...options, '--mode=go=rX,u+rw', '--mtime=@0', '-cf', archive, '.']);
    execFileSync('bzip2', ['--best', archive]);
    return readFileSync(`${archive}.bz2`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface ExtDisk {
  /** Of the partition, in sectors. */
  firstSector: number;
  sizeMiB: number;
  type?: 'ext3' | 'ext4';
  /** Write a partition table that names it. */
  withTable?: boolean;
}

/** Write the file system into `path` (an existing disk keeps what stands before it), holding `files`. */
export function putExtDisk(
  path: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  { firstSector, sizeMiB, type = 'ext4', withTable = true }: ExtDisk,
): void {
  const folder = mkdtempSync(join(tmpdir(), 'seedbed-disk-'));
  try {
    const root = join(folder, 'root');
    putFiles(root, files);
    const part = join(folder, 'part.img');
    writeFileSync(part, '');
    truncateSync(part, sizeMiB * 1_048_576);
    execFileSync('mke2fs', ['-q', '-F', '-t', type, '-d', root, part], { env: { ...process.env, PATH } });
    writeAt(path, readFileSync(part), firstSector * SECTOR);
    if (withTable) writeAt(path, partitionTable(firstSector, sizeMiB * 2048), 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function putFiles(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

function partitionTable(firstSector: number, sectors: number): Buffer {
  const sector = Buffer.alloc(SECTOR);
  sector[450] = 0x83;
  sector.writeUInt32LE(firstSector, 454);
  sector.writeUInt32LE(sectors, 458);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

function writeAt(path: string, bytes: Uint8Array, offset: number): void {
  const file = openSync(path, 'a+');
  closeSync(file);
  const handle = openSync(path, 'r+');
  writeSync(handle, bytes, 0, bytes.length, offset);
  closeSync(handle);
}
