// Copies files and folders out of a disk. Names and links in it are untrusted: everything is made in a new folder that nothing else is in, links come
// last and only where they stay inside, and finished things get their names at the end.
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, open, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '../../shared/error-texts.ts';
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import type { ImageExtractReport } from '../../shared/model/image-reading.ts';
import { withSource } from '../bytes/open-source.ts';
import { oneLine } from '../ext/name-text.ts';
import type { Ext2fsOptions } from '../ext/open-ext2fs.ts';
import type { JobContext } from '../jobs.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import type { ContentNode, Contents } from './contents.ts';
import { fileNameFor, isInsideLink } from './extract-names.ts';
import { withContents } from './with-contents.ts';

export interface ExtractRequest {
  diskPath: string;
  paths: readonly string[];
  folder: string;
  ext2fs?: Ext2fsOptions;
}

const MOST_SKIPPED = 100;
/** A run leaves about 40 000 files. */
const MOST_NODES = 2_000_000;
const DEEPEST = 200;
const PAGE = 1000;
/** Blocks that many files share could be copied for ever. */
const MOST_COPIES = 4;

/** Throws what listing throws, CONTENT_DISPUTED, FILE_EXISTS, DISK_FULL, PERMISSION_DENIED. On any error nothing is left in the folder. */
export async function extractContents(
  request: ExtractRequest,
  context: Partial<JobContext>,
): Promise<ImageExtractReport> {
  const onDispute = (dispute: SeedbedError): void => {
    throw dispute;
  };
  return withSource(request.diskPath, (source) =>
    withContents(
      source,
      { ...request.ext2fs, signal: context.signal, onDispute },
      async (contents, reader) => {
        const report = await extractFrom(contents, source.sizeBytes, request, context);
        return { ...report, reader: reader(), warnings: contents.warnings };
      },
    ),
  );
}

async function extractFrom(
  contents: Contents,
  diskBytes: number,
  { paths, folder }: ExtractRequest,
  context: Partial<JobContext>,
): Promise<Copier['report'] & { folder: string }> {
  const roots = await rootsOf(contents, paths, folder);
  await atPath(folder, () => mkdir(folder, { recursive: true }));
  for (const { finalPath } of roots) await refuseExisting(finalPath);
  const work = join(folder, `.seedbed-${randomBytes(6).toString('hex')}.partial`);
  await atPath(folder, () => mkdir(work, { mode: 0o700 }));
  try {
    const copier = createCopier(contents, diskBytes * MOST_COPIES, context);
    for (const { node, name } of roots) await copier.copy(node, join(work, name), [name]);
    await copier.finish();
    for (const { name, finalPath } of roots) {
      // A second look: what was made there meanwhile is not replaced.
      await refuseExisting(finalPath);
      await rename(join(work, name), finalPath).catch((error: unknown) => {
        // What was skipped altogether is not there.
        if (osCodeOf(error) !== 'ENOENT') throw error;
      });
    }
    return { folder, ...copier.report };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Root {
  node: ContentNode;
  name: string;
  finalPath: string;
}

/** What was asked for, under its own name; of `/` all that is in it. */
async function rootsOf(contents: Contents, paths: readonly string[], folder: string): Promise<Root[]> {
  const roots = new Map<string, Root>();
  const add = (node: ContentNode, text: string): void => {
    const name = fileNameFor(text);
    if (name === null)
      throw new SeedbedError('INPUT_INVALID', {
        reason: `${oneLine(node.path)} has a name that no file can have`,
      });
    if (roots.has(name))
      throw new SeedbedError('INPUT_INVALID', {
        reason: `two of the paths end in ${oneLine(name)}; extract them one by one`,
      });
    roots.set(name, { node, name, finalPath: join(folder, name) });
  };
  for (const path of paths) {
    const node = await contents.get(path);
    if (node.path !== '/') {
      add(node, node.path.slice(node.path.lastIndexOf('/') + 1));
      continue;
    }
    const { nodes } = await contents.children(node, 0, MOST_NODES);
    for (const child of nodes) add(child, child.path.slice(1));
  }
  return [...roots.values()];
}

async function refuseExisting(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found !== null) throw new SeedbedError('FILE_EXISTS', { path });
}

interface Copier {
  report: Pick<ImageExtractReport, 'files' | 'directories' | 'links' | 'bytes' | 'skipped' | 'skippedCount'>;
  /** `inside`: names from the top. */
  copy(node: ContentNode, to: string, inside: readonly string[]): Promise<void>;
  /** Links, which nothing may be written through. */
  finish(): Promise<void>;
}

function createCopier(
  contents: Contents,
  mostBytes: number,
  { signal, report: tell }: Partial<JobContext>,
): Copier {
  const report: Copier['report'] = {
    files: 0,
    directories: 0,
    links: 0,
    bytes: 0,
    skipped: [],
    skippedCount: 0,
  };
  const links: (() => Promise<void>)[] = [];
  const seenFolders = new Set<number>();
  let nodes = 0;

  function skip(path: string, reason: string): void {
    report.skippedCount += 1;
    if (report.skipped.length < MOST_SKIPPED) report.skipped.push({ path: oneLine(path), reason });
  }

  async function copyFile(node: ContentNode, to: string): Promise<void> {
    const handle = await atPath(to, () => open(to, 'wx', 0o666));
    try {
      for await (const { atBytes, bytes } of node.pieces(signal)) {
        report.bytes += bytes.length;
        if (report.bytes > mostBytes)
          throw new SeedbedError('CONTENT_UNREADABLE', {
            path: node.path,
            reason: 'its files hold more than the disk can',
          });
        await atPath(to, () => writeAll(handle, bytes, atBytes));
        tell?.({ step: 'copy', label: 'Copying files', done: report.bytes, total: null, unit: 'bytes' });
      }
      // Holes stay holes.
      await atPath(to, () => handle.truncate(node.sizeBytes));
      if (node.mode !== null) await handle.chmod(node.mode & 0o777);
      if (node.modifiedSeconds !== null) await handle.utimes(node.modifiedSeconds, node.modifiedSeconds);
    } finally {
      await handle.close();
    }
    report.files += 1;
  }

  async function copyFolder(node: ContentNode, to: string, inside: readonly string[]): Promise<void> {
    if (node.identity !== null && seenFolders.has(node.identity)) {
      skip(node.path, 'the same folder lies in two places');
      return;
    }
    if (node.identity !== null) seenFolders.add(node.identity);
    if (inside.length > DEEPEST) {
      skip(node.path, 'it lies too deep');
      return;
    }
    await atPath(to, () => mkdir(to, { mode: 0o700 }));
    report.directories += 1;
    // Always ours to write to, or it could be neither filled nor moved to its place.
    await atPath(to, () => chmod(to, node.mode === null ? 0o755 : (node.mode & 0o777) | 0o700));
    for (let from = 0; ; from += PAGE) {
      const page = await contents.children(node, from, PAGE);
      for (const child of page.nodes) {
        const name = fileNameFor(child.path.slice(child.path.lastIndexOf('/') + 1));
        if (name === null) skip(child.path, 'no file can have that name here');
        else await copy(child, join(to, name), [...inside, name]);
      }
      if (from + PAGE >= page.total) return;
    }
  }

  async function copy(node: ContentNode, to: string, inside: readonly string[]): Promise<void> {
    if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: 'Nothing was kept.' });
    nodes += 1;
    if (nodes > MOST_NODES)
      throw new SeedbedError('CONTENT_UNREADABLE', {
        path: node.path,
        reason: 'it holds more files than a disk can',
      });
    try {
      if (node.kind === 'directory') await copyFolder(node, to, inside);
      else if (node.kind === 'file') await copyFile(node, to);
      else if (node.kind === 'other') skip(node.path, 'it is a device, a pipe or a socket');
      else planLink(node, to, inside);
    } catch (error) {
      // One damaged file is no reason to give up the others.
      if (!isSeedbedError(error) || error.code !== 'CONTENT_UNREADABLE' || report.bytes > mostBytes)
        throw error;
      await rm(to, { force: true, recursive: true });
      skip(node.path, describeError(error).message);
    }
  }

  function planLink(node: ContentNode, to: string, inside: readonly string[]): void {
    const target = Buffer.from(node.target ?? []).toString('utf8');
    if (!isInsideLink(target, inside.length - 1)) {
      skip(node.path, `it is a link that leads out of the folder, to ${oneLine(target)}`);
      return;
    }
    report.links += 1;
    links.push(() => atPath(to, () => symlink(target, to)));
  }

  return {
    report,
    copy,
    async finish() {
      for (const link of links) await link();
    },
  };
}

async function writeAll(
  handle: {
    write(bytes: Uint8Array, from: number, length: number, at: number): Promise<{ bytesWritten: number }>;
  },
  bytes: Uint8Array,
  atBytes: number,
): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, atBytes + done);
    done += bytesWritten;
  }
}
