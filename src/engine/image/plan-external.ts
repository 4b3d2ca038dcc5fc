// Plans the disks that have a file system: a partition table and one ext3 partition. Their identifiers come from their input digest, so that the same
// tree gives the same bytes. Source: live-bootstrap 984b8322, lib/generator.py (prepare) and lib/utils.py (create_disk).
import { SeedbedError } from '../../shared/errors.ts';
import type { DiskRole } from '../../shared/model/image.ts';
import { MEBIBYTE } from '../formats/builder-hex0.ts';
import type { Ext3Entry } from '../formats/ext3/ext3-entry.ts';
import { planExt3 } from '../formats/ext3/plan-ext3.ts';
import { encodeMbr } from '../formats/mbr.ts';
import { compareSrcPaths } from '../formats/srcfs.ts';
import type { DiskEntry, DiskRequest } from './disk-entry.ts';
import type { PlannedDisk } from './image-plan.ts';
import { sha256Of } from './input-digest.ts';
import { layOutExt3 } from './lay-out-ext3.ts';
import type { Segment } from './segments.ts';

/** lib/utils.py, create_disk: 1 MiB, and 1 GiB for a disk that the bootstrap will make bootable. */
const EXTERNAL_OFFSET_BYTES = MEBIBYTE;
const ROOT_OFFSET_BYTES = 1024 * MEBIBYTE;
/** steps/improve/update_env.sh: the bootstrap's own SOURCE_DATE_EPOCH. */
const TIME_SECONDS = 0;
const ROOT_USER = { uid: 0, gid: 0 };
/** rootfs.py sets the umask to 022. */
const FOLDER_MODE = 0o755;

/** The second disk of a kernel bootstrap: distfiles/ and repo-preseeded/. Throws EXT3_REFUSED, EXT3_LIMIT_EXCEEDED, EXT3_TOO_SMALL, INPUT_INVALID (beyond 2 TiB). */
export function planExternalDisk(request: DiskRequest): PlannedDisk {
  return planDisk('external', EXTERNAL_OFFSET_BYTES, request);
}

/** The disk for a supplied kernel, with the whole root tree. The same errors. */
export function planRootDisk(request: DiskRequest): PlannedDisk {
  return planDisk('root', ROOT_OFFSET_BYTES, request);
}

function planDisk(role: DiskRole, offsetBytes: number, { entries, sizeBytes }: DiskRequest): PlannedDisk {
  const lengthBytes = sizeBytes - offsetBytes;
  const inputDigest = digestOf(offsetBytes, sizeBytes, entries);
  const uuid = uuidFrom(inputDigest, 'uuid');
  const plan = planExt3(entries.map(ext3Entry), {
    sizeBytes: Math.max(lengthBytes, 0),
    uuid,
    hashSeed: uuidFrom(inputDigest, 'hash seed'),
    timeSeconds: TIME_SECONDS,
    root: { ...ROOT_USER, mode: FOLDER_MODE },
  });
  const table = encodeMbr({
    signature: bytesFrom(inputDigest, 'disk signature').readUInt32LE(0),
    offsetBytes,
    lengthBytes,
  });
  const folders = entries.filter(({ kind }) => kind === 'folder').length;
  return {
    role,
    inputDigest,
    sizeBytes,
    ...layOutExt3(table, plan, offsetBytes),
    partition: { offsetBytes, lengthBytes, fileSystem: 'ext3', uuid: formatUuid(uuid) },
    budgets: [],
    entries: {
      directories: folders,
      files: entries.length - folders,
      payloadBytes: entries.reduce((sum, entry) => sum + (entry.kind === 'file' ? entry.sizeBytes : 0), 0),
      streamBytes: 0,
    },
  };
}

/** sha256 of a text that anyone can write down again: see the lines below, each ended by a line feed. */
function digestOf(offsetBytes: number, sizeBytes: number, entries: readonly DiskEntry[]): string {
  const lines = [
    'seedbed ext3 disk 1',
    `size ${sizeBytes}`,
    `partition ${offsetBytes}`,
    ...[...entries]
      .sort((a, b) => compareSrcPaths(a.path, b.path))
      .map((entry) =>
        entry.kind === 'folder'
          ? `folder ${entry.path}`
          : `file ${modeOf(entry).toString(8)} ${entry.sizeBytes} ${entry.sha256} ${entry.path}`,
      ),
  ];
  return sha256Of(lines.map((line) => `${line}\n`).join(''));
}

/** Nothing will be read of an empty file, so that nothing would be noticed later. */
function checkEmpty({ content }: Extract<DiskEntry, { kind: 'file' }>): void {
  if (content?.kind !== 'file' || content.sizeBytes > 0 || content.sha256 === sha256Of('')) return;
  const { path, distfile, sha256 } = content;
  throw distfile === null
    ? new SeedbedError('FILE_CHANGED', { path })
    : new SeedbedError('DISTFILE_MISMATCH', { name: distfile, expected: sha256, actual: sha256Of(''), path });
}

function ext3Entry(entry: DiskEntry): Ext3Entry<Segment> {
  const { path } = entry;
  if (entry.kind === 'folder') return { path, type: 'directory', ...ROOT_USER, mode: FOLDER_MODE };
  checkEmpty(entry);
  return {
    path,
    type: 'file',
    ...ROOT_USER,
    mode: modeOf(entry),
    sizeBytes: entry.sizeBytes,
    content: entry.content ?? { kind: 'bytes', bytes: new Uint8Array(0) },
  };
}

function modeOf({ executable }: Extract<DiskEntry, { kind: 'file' }>): number {
  return executable ? 0o755 : 0o644;
}

/** 32 bytes that belong to this disk and this use. */
function bytesFrom(inputDigest: string, use: string): Buffer {
  return Buffer.from(sha256Of(`${use} ${inputDigest}`), 'hex');
}

/** RFC 9562, version 8: a UUID of our own making. */
function uuidFrom(inputDigest: string, use: string): Uint8Array {
  const bytes = bytesFrom(inputDigest, use).subarray(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes;
}

function formatUuid(bytes: Uint8Array): string {
  const digits = Buffer.from(bytes).toString('hex');
  return [0, 8, 12, 16, 20].map((from, index, starts) => digits.slice(from, starts[index + 1])).join('-');
}
