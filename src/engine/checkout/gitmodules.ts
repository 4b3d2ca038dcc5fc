// What a tree's .gitmodules says, read by git itself, which knows the syntax.
import type { CommitTree } from './commit-tree.ts';
import { inGitDir, runGit } from './git-command.ts';

/** Folder of each submodule to its address. A file that git cannot read says nothing. */
export async function readGitmodules(
  gitDir: string,
  tree: CommitTree,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const blob = tree.files.get('.gitmodules');
  if (blob === undefined || blob.kind === 'link') return new Map();
  const args = ['config', '-z', `--blob=${blob.id}`, '--get-regexp', '^submodule\\..*\\.(path|url)$'];
  const { status, stdout } = await runGit([...inGitDir(gitDir), ...args], { cwd: gitDir, signal });
  return pairPathsWithUrls(status === 0 ? stdout : '');
}

/** From `submodule.NAME.path\nVALUE\0…`, as git config -z writes it. */
export function pairPathsWithUrls(entries: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const entry of entries.split('\0')) {
    const end = entry.indexOf('\n');
    if (end > 0) values.set(entry.slice(0, end), entry.slice(end + 1));
  }
  const pairs = new Map<string, string>();
  for (const [key, path] of values) {
    const url = key.endsWith('.path') ? values.get(`${key.slice(0, -'path'.length)}url`) : undefined;
    if (url !== undefined) pairs.set(path, url);
  }
  return pairs;
}
