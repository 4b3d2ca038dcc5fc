// What a commit holds, as paths: read through the chain of names, so that every file's name follows from the commit's.
import { SeedbedError } from '../../shared/errors.ts';
import { decodeGitTree, type GitTreeEntry, refusedName, treeOfCommit } from './git-objects.ts';
import type { ObjectReader } from './object-reader.ts';

export interface CommitFile {
  kind: 'file' | 'executable' | 'link';
  id: string;
}

export interface CommitTree {
  /** Paths with `/`, sorted by code point; folders before what is in them. */
  folders: string[];
  files: Map<string, CommitFile>;
  /** Path and commit of each submodule. */
  submodules: Map<string, string>;
}

/** live-bootstrap has 1836 files; this is no bootstrap any more. */
const MOST_ENTRIES = 500_000;
const DEEPEST = 64;

/** Throws CHECKOUT_OBJECT_DAMAGED, CHECKOUT_NAME_REFUSED. */
export async function readCommitTree(
  reader: ObjectReader,
  commit: string,
  repository: string,
): Promise<CommitTree> {
  const folders = new Map<string, string>();
  const files = new Map<string, CommitFile>();
  const submodules = new Map<string, string>();
  const root = treeOfCommit(await reader.read(commit, 'commit'));
  const damaged = (object: string): SeedbedError =>
    new SeedbedError('CHECKOUT_OBJECT_DAMAGED', { repository, object, reason: 'it cannot be read' });
  if (root === null) throw damaged(commit);
  let count = 0;

  function place(folder: string, { mode, name, id }: GitTreeEntry): void {
    const path = folder === '' ? name : `${folder}/${name}`;
    const refuse = (reason: string): SeedbedError =>
      new SeedbedError('CHECKOUT_NAME_REFUSED', { repository, path, reason });
    const reason = refusedName(name);
    if (reason !== null) throw refuse(reason);
    count += 1;
    if (count > MOST_ENTRIES) throw refuse('the tree is far too large');
    if (mode === '40000') folders.set(path, id);
    else if (mode === '160000') submodules.set(path, id);
    else if (mode === '120000') files.set(path, { kind: 'link', id });
    else if (mode === '100755') files.set(path, { kind: 'executable', id });
    // 100664 is an old way of writing 100644.
    else if (mode === '100644' || mode === '100664') files.set(path, { kind: 'file', id });
    else throw refuse(`its mode ${mode} is not known`);
  }

  const done: string[] = [];
  let level: [path: string, id: string][] = [['', root]];
  for (let depth = 0; level.length > 0 && depth < DEEPEST; depth += 1) {
    await Promise.all(
      level.map(async ([folder, id]) => {
        const entries = decodeGitTree(await reader.read(id, 'tree'));
        if (entries === null) throw damaged(id);
        for (const entry of entries) place(folder, entry);
      }),
    );
    level = [...folders];
    done.push(...folders.keys());
    folders.clear();
  }
  return { folders: done.sort(), files: sorted(files), submodules: sorted(submodules) };
}

function sorted<T>(map: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
