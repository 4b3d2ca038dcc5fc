// Asks the system's git about a work tree. It only reads: no hooks, no network, no prompts, and git's own check of who owns the folder stays on.
import { spawn } from 'node:child_process';
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type GitAnswer =
  | { kind: 'answer'; text: string }
  /** The folder itself is no work tree; a repository further up does not count. */
  | { kind: 'no-repository' }
  | { kind: 'no-git' }
  /** Git says that another user owns the folder (safe.directory). */
  | { kind: 'not-owner' }
  | { kind: 'failed'; reason: string };

const TIMEOUT_MS = 20_000;
const LONGEST_OUTPUT_BYTES = 32 * 1024 * 1024;

/** Run `git -C folder args…`; `folder` is absolute and has no links in it. */
export async function askGit(
  folder: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<GitAnswer> {
  // A work tree has this, as a folder or (submodules) as a file: most folders need no process to say that they are none.
  const isWorkTree = await lstat(join(folder, '.git')).then(
    () => true,
    () => false,
  );
  return isWorkTree ? runGit(folder, args, signal) : { kind: 'no-repository' };
}

function runGit(folder: string, args: readonly string[], signal?: AbortSignal): Promise<GitAnswer> {
  return new Promise((resolve) => {
    const child = spawn('git', ['-C', folder, '-c', 'protocol.allow=never', '--no-optional-locks', ...args], {
      env: environmentFor(folder),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      windowsHide: true,
      ...(signal === undefined ? {} : { signal }),
    });
    const out: Buffer[] = [];
    let outBytes = 0;
    let errors = '';
    child.stdout.on('data', (data: Buffer) => {
      outBytes += data.length;
      if (outBytes > LONGEST_OUTPUT_BYTES) child.kill();
      else out.push(data);
    });
    child.stderr.on('data', (data: Buffer) => {
      if (errors.length < 4096) errors += data.toString();
    });
    child.on('error', (error) => {
      const absent = 'code' in error && error.code === 'ENOENT';
      resolve(absent ? { kind: 'no-git' } : { kind: 'failed', reason: error.message });
    });
    child.on('close', (status) => {
      resolve(status === 0 ? { kind: 'answer', text: Buffer.concat(out).toString() } : explain(errors));
    });
  });
}

function explain(errors: string): GitAnswer {
  if (errors.includes('dubious ownership')) return { kind: 'not-owner' };
  if (errors.includes('not a git repository')) return { kind: 'no-repository' };
  return { kind: 'failed', reason: errors.trim().split('\n')[0] ?? '' };
}

/** What git needs and nothing that would point it elsewhere (GIT_DIR and the like). */
function environmentFor(folder: string): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'USERPROFILE', 'SYSTEMROOT', 'TMPDIR', 'TEMP', 'XDG_CONFIG_HOME'];
  return {
    ...Object.fromEntries(kept.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : []))),
    LC_ALL: 'C',
    GIT_CEILING_DIRECTORIES: dirname(folder),
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
  };
}
