// For the packaging test: a folder that electron-builder takes for Electron's distribution, and a reader of what it makes of it.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where Electron's program keeps its fuses: this text, a version byte (1), how many there are, one byte each (@electron/fuses 1.8, constants). */
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** In the order of the wire (@electron/fuses 1.8, FuseV1Options). */
const FUSES = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
] as const;

/** The files that electron-builder looks for (toolchain: `electronDist`), with Electron's own defaults on the wire: each fuse the wrong way round for us. */
export function makeElectronFolder(folder: string, version: string): void {
  for (const name of ['locales', 'resources']) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak'])
    writeFileSync(join(folder, name), '');
  writeFileSync(join(folder, 'version'), version);
  const wire = Buffer.from([1, FUSES.length, ...Buffer.from('10110011')]);
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.from(`program ${FUSE_SENTINEL}`), wire]));
  chmodSync(join(folder, 'electron'), 0o755);
}

export function readFuses(program: string): Record<string, boolean> {
  const bytes = readFileSync(program);
  const at = bytes.indexOf(FUSE_SENTINEL) + FUSE_SENTINEL.length + 2;
  return Object.fromEntries(FUSES.map((name, index) => [name, bytes[at + index] === '1'.charCodeAt(0)]));
}

interface AsarFolder {
  files: Record<string, AsarFolder | { size: number; offset: string }>;
}

/** Path → bytes. Format: @electron/asar README, "Format"; the header is a Chromium pickle in a pickle, so the JSON's length stands at byte 12. */
export function readAsar(path: string): Map<string, Buffer> {
  const bytes = readFileSync(path);
  const header = JSON.parse(bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12))) as AsarFolder;
  const dataAt = 8 + bytes.readUInt32LE(4);
  const found = new Map<string, Buffer>();
  const walk = ({ files }: AsarFolder, prefix: string): void => {
    for (const [name, entry] of Object.entries(files)) {
      if ('files' in entry) {
        walk(entry, `${prefix}${name}/`);
        continue;
      }
      const from = dataAt + Number(entry.offset);
      found.set(`${prefix}${name}`, bytes.subarray(from, from + entry.size));
    }
  };
  walk(header, '');
  return found;
}

export function unpack(files: ReadonlyMap<string, Uint8Array>, folder: string): void {
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}
