// Asks one source for one file until it has given it, or has been asked enough.
import type { Source, WantedDistfile } from '../../shared/model/distfile.ts';
import { adoptFile } from './adopt-file.ts';
import { FetchFailure } from './fetch-failure.ts';
import type { FetchTools, TryHooks } from './fetch-tools.ts';
import { noteStored, noteWrong } from './note-delivery.ts';
import { removeIfThere } from './store.ts';
import { tryAddress } from './try-address.ts';

/** Size of the file, which is in the store then. Throws FetchFailure, with `onTry` called for each try; other errors end the whole fetch. */
export async function trySource(
  wanted: WantedDistfile,
  source: Source,
  tools: FetchTools,
  hooks: TryHooks,
): Promise<number> {
  switch (source.kind) {
    case 'folder':
      hooks.onTry();
      return tryFolder(wanted, source, tools);
    case 'git':
      hooks.onTry();
      return tryGit(wanted, source, tools, hooks);
    case 'mirror':
    case 'upstream':
    case 'archive':
      return tryAddress(wanted, source, tools, hooks);
  }
}

async function tryFolder(
  wanted: WantedDistfile,
  source: Source,
  { store, pool, evidence }: FetchTools,
): Promise<number> {
  const size = await adoptFile(store, pool, source.at, wanted.sha256, (sizeBytes) =>
    noteStored(wanted, source, { sizeBytes, transport: 'file', note: '' }, evidence),
  );
  if (size === null) throw new FetchFailure('wrong-bytes', 'the file has changed since its hash was taken');
  return size;
}

async function tryGit(
  wanted: WantedDistfile,
  source: Source,
  { store, git, evidence, signal }: FetchTools,
  hooks: TryHooks,
): Promise<number> {
  if (wanted.git === null) throw new FetchFailure('git', 'there is no repository');
  const temporary = store.temporaryPath();
  const leave = await hooks.enter();
  try {
    const made = await git.make(wanted.git, wanted.name, temporary, {
      signal,
      onProgress: hooks.onWords,
    });
    hooks.onBytes(made.sizeBytes, made.sizeBytes, 0);
    const delivery = { sizeBytes: made.sizeBytes, transport: 'git' as const, note: made.note };
    if (made.sha256 !== wanted.sha256) {
      await noteWrong(wanted, source, { ...delivery, sha256: made.sha256 }, temporary, { store, evidence });
      throw new FetchFailure('wrong-bytes', `the snapshot has sha256 ${made.sha256} (${made.note})`);
    }
    await noteStored(wanted, source, delivery, evidence);
    await store.commit(temporary, wanted.sha256);
    return made.sizeBytes;
  } finally {
    hooks.onWords('');
    leave();
    await removeIfThere(temporary);
  }
}
