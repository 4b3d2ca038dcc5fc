// A checkout as one plain tar archive for machines without a network: what it is, the whole work tree with its repositories, and distfiles.
// Unpacked by hand it is an ordinary clone; import-checkout.ts believes only the packs in it.
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import {
  type CheckoutArchiveRecord,
  CheckoutRepository,
  type FetchedCheckoutRecord,
} from '../../shared/model/checkout.ts';
import type { WantedDistfile } from '../../shared/model/distfile.ts';
import { partialNameFor, publish, withPartialFile } from '../image/partial-file.ts';
import type { JobContext } from '../jobs.ts';
import { atPath } from '../os-errors.ts';
import { RECORD_NAME } from './fetched-record.ts';
import { REPOSITORY_RECORD } from './fetch-repository.ts';
import { mustGit } from './git-command.ts';
import { encodeTarHeader, TAR_END, type TarEntry, tarPadding } from './tar.ts';

/** The first file of an archive. */
export const ARCHIVE_RECORD = 'seedbed-checkout.json';
/** Folder of the distfiles in an archive. */
export const ARCHIVE_DISTFILES = 'distfiles';

export interface ExportRequest {
  /** The checkout's folder, verified. */
  folder: string;
  record: FetchedCheckoutRecord;
  /** Where the archive goes. */
  path: string;
  replace: boolean;
  distfiles: {
    wanted: readonly WantedDistfile[];
    resolve: (sha256: string) => Promise<string | null>;
  } | null;
}

export interface ExportResult {
  path: string;
  sizeBytes: number;
  sha256: string;
  distfiles: number;
  /** Names of those that were wanted and are not here. */
  missing: string[];
}

/** Throws FILE_EXISTS, DISK_FULL, CANCELLED. The file is there only when it is whole. */
export async function exportCheckout(request: ExportRequest, context: JobContext): Promise<ExportResult> {
  const { folder, record, path } = request;
  if (
    !request.replace &&
    (await stat(path).then(
      () => true,
      () => false,
    ))
  )
    throw new SeedbedError('FILE_EXISTS', { path });
  const top = `live-bootstrap-${record.commit.slice(0, 12)}`;
  const committed = await mustGit(['show', '-s', '--format=%ct', record.commit], {
    cwd: folder,
    signal: context.signal,
  });
  const distfiles = await findDistfiles(request.distfiles);
  const entries = [
    await describe(folder, '', top),
    ...(await listTree(folder, top)),
    ...(distfiles.found.length > 0 ? [folderEntry(ARCHIVE_DISTFILES)] : []),
    ...distfiles.found,
  ];
  const about = Buffer.from(`${JSON.stringify(archiveRecord(record, distfiles.found), null, 2)}\n`);
  const partial = partialNameFor(path);
  const written = await withPartialFile(partial, path, async (handle) => {
    const writer = openWriter(handle, path, Number(committed.trim()), entries, context);
    await writer.bytes(fileEntry(ARCHIVE_RECORD, about.length), about);
    for (const entry of entries) await writer.entry(entry);
    await writer.end();
    return writer.facts();
  });
  await publish([[partial, path]]);
  return { path, ...written, distfiles: distfiles.found.length, missing: distfiles.missing };
}

/** An entry with the file that its bytes are in. */
interface Source extends TarEntry {
  file: string;
}

/** git's own files that a clone needs; no hooks, no logs, none of Seedbed's records, which name places of this machine. */
const GIT_NAMES = ['HEAD', 'config', 'index', 'modules', 'objects', 'packed-refs', 'refs', 'shallow'];

async function listTree(folder: string, top: string): Promise<Source[]> {
  const found: Source[] = [];
  const walk = async (path: string): Promise<void> => {
    const names = (await atPath(folder, () => readdir(join(folder, path)))).sort();
    const isGitDir = path.startsWith('.git') && names.includes('HEAD') && names.includes('objects');
    for (const name of names) {
      if (isGitDir && !GIT_NAMES.includes(name)) continue;
      if (name === RECORD_NAME || name === REPOSITORY_RECORD) continue;
      const inner = path === '' ? name : `${path}/${name}`;
      const entry = await describe(folder, inner, `${top}/${inner}`);
      found.push(entry);
      if (entry.kind === 'folder') await walk(inner);
    }
  };
  await walk('');
  return found;
}

async function describe(folder: string, path: string, name: string): Promise<Source> {
  const file = join(folder, path);
  const facts = await atPath(file, () => lstat(file));
  const base = { path: name, file, sizeBytes: 0, executable: false, target: '' };
  if (facts.isDirectory()) return { ...base, kind: 'folder' };
  if (facts.isSymbolicLink()) return { ...base, kind: 'link', target: await readlink(file) };
  return { ...base, kind: 'file', sizeBytes: facts.size, executable: (facts.mode & 0o100) !== 0 };
}

async function findDistfiles(
  request: ExportRequest['distfiles'],
): Promise<{ found: (Source & { sha256: string })[]; missing: string[] }> {
  const found: (Source & { sha256: string })[] = [];
  const missing: string[] = [];
  for (const { name, sha256 } of request?.wanted ?? []) {
    const file = (await request?.resolve(sha256)) ?? null;
    if (file === null) missing.push(name);
    else {
      const { size } = await atPath(file, () => stat(file));
      found.push({ ...fileEntry(`${ARCHIVE_DISTFILES}/${name}`, size), file, sha256 });
    }
  }
  return { found, missing };
}

function archiveRecord(
  { commit, repositories }: FetchedCheckoutRecord,
  distfiles: readonly { path: string; sha256: string }[],
): CheckoutArchiveRecord {
  return {
    version: 1,
    kind: 'seedbed-checkout',
    commit,
    // Without `from`, which names places of this machine.
    repositories: repositories.map((one) => ArchivedRepository.parse(one)),
    distfiles: distfiles.map(({ path, sha256 }) => ({
      name: path.slice(ARCHIVE_DISTFILES.length + 1),
      sha256,
    })),
  };
}

const ArchivedRepository = CheckoutRepository.omit({ from: true }).strip();

interface Writer {
  entry(source: Source): Promise<void>;
  bytes(entry: TarEntry, content: Buffer): Promise<void>;
  end(): Promise<void>;
  facts(): { sizeBytes: number; sha256: string };
}

function openWriter(
  handle: FileHandle,
  path: string,
  mtimeSeconds: number,
  sources: readonly Source[],
  { signal, report }: JobContext,
): Writer {
  const hash: Hash = createHash('sha256');
  const total = sources.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let sizeBytes = 0;
  let done = 0;
  const put = async (bytes: Buffer): Promise<void> => {
    if (signal.aborted) throw new SeedbedError('CANCELLED', { kept: 'No archive was left behind.' });
    hash.update(bytes);
    sizeBytes += bytes.length;
    await atPath(path, () => handle.writeFile(bytes));
  };
  return {
    async entry(source) {
      await put(encodeTarHeader(source, mtimeSeconds));
      if (source.kind !== 'file') return;
      let left = source.sizeBytes;
      for await (const piece of createReadStream(source.file, {
        highWaterMark: 1 << 20,
      }) as AsyncIterable<Buffer>) {
        left -= piece.length;
        if (left < 0) break;
        await put(piece);
        done += piece.length;
        report({ step: 'export', label: 'Writing the archive', done, total, unit: 'bytes' });
      }
      if (left !== 0) throw new SeedbedError('FILE_CHANGED', { path: source.file });
      await put(tarPadding(source.sizeBytes));
    },
    async bytes(entry, content) {
      await put(Buffer.concat([encodeTarHeader(entry, mtimeSeconds), content, tarPadding(content.length)]));
    },
    async end() {
      await put(TAR_END);
      await atPath(path, () => handle.sync());
    },
    facts: () => ({ sizeBytes, sha256: hash.digest('hex') }),
  };
}

function folderEntry(path: string): Source {
  return { path, kind: 'folder', sizeBytes: 0, executable: true, target: '', file: '' };
}

function fileEntry(path: string, sizeBytes: number): Source {
  return { path, kind: 'file', sizeBytes, executable: false, target: '', file: '' };
}
