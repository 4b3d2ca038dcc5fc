// Plain tar archives: ustar headers, with pax records where a path or a size does not fit. Source: POSIX.1-2017, pax, "ustar Interchange Format"
// and "pax Extended Header". What is written is in order, without owners, and at one time, so that GNU tar, bsdtar and 7-Zip unpack it alike.

export const TAR_BLOCK_BYTES = 512;

export interface TarEntry {
  /** With `/`, relative; a folder's has no `/` at its end. */
  path: string;
  kind: 'file' | 'folder' | 'link';
  sizeBytes: number;
  executable: boolean;
  /** What a link leads to; empty for others. */
  target: string;
}

/** The largest size that eleven octal digits say. */
const LARGEST_OCTAL_SIZE = 0o77777777777;
const TYPES = { file: '0', folder: '5', link: '2' } as const;

/** Header of an entry, with a pax header before it when needed. The content follows, filled up to a whole block. */
export function encodeTarHeader(entry: TarEntry, mtimeSeconds: number): Buffer {
  const path = entry.kind === 'folder' ? `${entry.path}/` : entry.path;
  const records: string[] = [];
  const split = splitPath(path);
  if (split === null) records.push(paxRecord('path', path));
  if (Buffer.byteLength(entry.target) > 100) records.push(paxRecord('linkpath', entry.target));
  if (entry.sizeBytes > LARGEST_OCTAL_SIZE) records.push(paxRecord('size', String(entry.sizeBytes)));
  const header = encodeHeader({
    name: split?.name ?? 'see-pax-header',
    prefix: split?.prefix ?? '',
    mode: entry.kind === 'file' && !entry.executable ? 0o644 : 0o755,
    sizeBytes: Math.min(entry.sizeBytes, LARGEST_OCTAL_SIZE),
    mtimeSeconds,
    type: TYPES[entry.kind],
    target: Buffer.byteLength(entry.target) > 100 ? '' : entry.target,
  });
  if (records.length === 0) return header;
  const body = Buffer.from(records.join(''));
  const pax = encodeHeader({
    name: 'pax-header',
    prefix: '',
    mode: 0o644,
    sizeBytes: body.length,
    mtimeSeconds,
    type: 'x',
    target: '',
  });
  return Buffer.concat([pax, body, tarPadding(body.length), header]);
}

/** Zeros up to the next block. */
export function tarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((TAR_BLOCK_BYTES - (sizeBytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES);
}

/** Two empty blocks end an archive. */
export const TAR_END = Buffer.alloc(2 * TAR_BLOCK_BYTES);

export type TarHeader =
  | { kind: 'entry'; entry: TarEntry }
  /** Its content is records that change the next entry (decodePaxRecords). */
  | { kind: 'pax'; sizeBytes: number }
  /** Its content is the next entry's path or target, as GNU tar writes long ones (GNU tar manual, "Basic Tar Format": LF_LONGNAME). */
  | { kind: 'long'; field: 'path' | 'target'; sizeBytes: number }
  /** Something of other programs: skip its content. */
  | { kind: 'other'; type: string; sizeBytes: number }
  | { kind: 'end' }
  | { kind: 'damaged' };

export function decodeTarHeader(block: Buffer): TarHeader {
  if (block.every((byte) => byte === 0)) return { kind: 'end' };
  if (readOctal(block, 148, 8) !== checksum(block)) return { kind: 'damaged' };
  const sizeBytes = readOctal(block, 124, 12);
  if (sizeBytes === null) return { kind: 'damaged' };
  const type = String.fromCharCode(block[156] ?? 0);
  if (type === 'x') return { kind: 'pax', sizeBytes };
  if (type === 'L' || type === 'K')
    return { kind: 'long', field: type === 'L' ? 'path' : 'target', sizeBytes };
  const kind =
    type === '\0' || type === '0' ? 'file' : type === '5' ? 'folder' : type === '2' ? 'link' : null;
  if (kind === null) return { kind: 'other', type, sizeBytes };
  // GNU tar keeps other things in the place of the prefix, and says so by two spaces behind `ustar`.
  const prefix = readText(block, 257, 6) === 'ustar' ? readText(block, 345, 155) : '';
  const name = readText(block, 0, 100);
  const path = plainPath(prefix === '' ? name : `${prefix}/${name}`);
  const executable = ((readOctal(block, 100, 8) ?? 0) & 0o100) !== 0;
  return {
    kind: 'entry',
    entry: {
      path,
      kind,
      sizeBytes: kind === 'file' ? sizeBytes : 0,
      executable,
      target: readText(block, 157, 100),
    },
  };
}

/** `LENGTH KEY=VALUE\n…` laid over an entry; null when the records are none. */
export function applyPaxRecords(body: Buffer, entry: TarEntry): TarEntry | null {
  const changed = { ...entry };
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const length = Number(body.toString('latin1', at, space));
    if (space < 0 || !Number.isInteger(length) || length <= space - at + 1 || at + length > body.length)
      return null;
    const record = body.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    const value = record.slice(equals + 1);
    const key = record.slice(0, equals);
    if (key === 'path') changed.path = plainPath(value);
    if (key === 'linkpath') changed.target = value;
    if (key === 'size') changed.sizeBytes = Number(value);
    at += length;
  }
  return Number.isSafeInteger(changed.sizeBytes) && changed.sizeBytes >= 0 ? changed : null;
}

/** GNU tar's way of saying one field. */
export function applyLongField(body: Buffer, field: 'path' | 'target', entry: TarEntry): TarEntry {
  const text = readText(body, 0, body.length);
  return { ...entry, [field]: field === 'path' ? plainPath(text) : text };
}

/** Without `./` before it and `/` behind it. */
function plainPath(path: string): string {
  return path.replace(/\/+$/, '').replace(/^(\.\/)+/, '');
}

interface Header {
  name: string;
  prefix: string;
  mode: number;
  sizeBytes: number;
  mtimeSeconds: number;
  type: string;
  target: string;
}

function encodeHeader({ name, prefix, mode, sizeBytes, mtimeSeconds, type, target }: Header): Buffer {
  const block = Buffer.alloc(TAR_BLOCK_BYTES);
  const octal = (value: number, at: number, digits: number): void =>
    void block.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  block.write(name, 0, 'utf8');
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(sizeBytes, 124, 11);
  octal(mtimeSeconds, 136, 11);
  block.write(type, 156, 'latin1');
  block.write(target, 157, 'utf8');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(prefix, 345, 'utf8');
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** Sum of all bytes, those of the sum itself taken as spaces. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (const [at, byte] of block.entries()) if (at < 148 || at >= 156) sum += byte;
  return sum;
}

/** A path as name (100 bytes) and prefix (155), cut at a `/`; null when it does not fit. */
function splitPath(path: string): { name: string; prefix: string } | null {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at > 0 && at < path.length - 1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { name, prefix };
  }
  return null;
}

function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${key}=${value}\n`;
}

function readText(block: Buffer, at: number, length: number): string {
  const end = block.subarray(at, at + length).indexOf(0);
  return block.toString('utf8', at, at + (end < 0 ? length : end));
}

function readOctal(block: Buffer, at: number, length: number): number | null {
  const text = readText(block, at, length).trim();
  return /^[0-7]*$/.test(text) ? parseInt(text === '' ? '0' : text, 8) : null;
}
