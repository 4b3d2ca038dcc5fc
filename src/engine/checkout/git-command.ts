// Runs the system's git for work that writes: argument vectors, no hooks, no prompts, no settings that would change bytes.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SeedbedError } from '../../shared/errors.ts';
import { osCodeOf } from '../os-errors.ts';

/** `git fetch --no-write-fetch-head` and `--no-auto-maintenance` came with 2.29; older ones are not tried here. */
const OLDEST_GIT = [2, 30] as const;

/** Over whatever a user, a repository or a system has configured. The user's `insteadOf`, proxies and stored credentials stay in force. */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'init.defaultBranch=main',
  'gc.auto=0',
  'maintenance.auto=false',
  'fetch.writeCommitGraph=false',
  'protocol.version=2',
  'protocol.ext.allow=never',
  // Only what is rewritten to a file or given as one gets here (address-map.ts).
  'protocol.file.allow=always',
  // Objects are checked as they come, and stay in packs.
  'transfer.fsckObjects=true',
  'fetch.fsckObjects=true',
  'transfer.unpackLimit=1',
  'fetch.unpackLimit=1',
  // A line that gives less than 1000 bytes a second for a minute is dead.
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=60',
].flatMap((setting) => ['-c', setting]);

/** What git needs of the environment: to be found, to reach the network, to find the user's settings. Nothing that points it to another repository. */
const PASSED_VARIABLES = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'SystemRoot',
  'TMPDIR',
  'TEMP',
  'TMP',
  'XDG_CONFIG_HOME',
  'SSH_AUTH_SOCK',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]),
];

/** Time that git gets to end itself before it is killed. */
const PATIENCE_MS = 5000;

export interface GitOptions {
  /** Folder that it runs in. */
  cwd: string;
  signal?: AbortSignal | undefined;
  /** What it reads from stdin; nothing by default. */
  input?: string | AsyncIterable<Uint8Array>;
  /** Its words on stderr as they come. */
  onWords?: (text: string) => void;
}

export interface GitResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Start git with pipes. The caller ends it. */
export function startGit(args: readonly string[], cwd: string): ChildProcessWithoutNullStreams {
  // A process group of its own: it has helpers that must end with it, and no terminal that ssh could ask on.
  return spawn('git', ['--no-optional-locks', ...SETTINGS, ...args], {
    cwd,
    env: environment(cwd),
    stdio: 'pipe',
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
}

/** Run git to its end. Throws GIT_NOT_FOUND, CANCELLED; how git itself fared is in the result. */
export async function runGit(args: readonly string[], options: GitOptions): Promise<GitResult> {
  const { signal, input = '', onWords } = options;
  if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
  return new Promise((resolve, reject) => {
    const child = startGit(args, options.cwd);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8');
      child[name].on('data', (text: string) => {
        output[name] = name === 'stderr' ? `${output.stderr}${text}`.slice(-16_384) : output.stdout + text;
        if (name === 'stderr') onWords?.(text);
      });
    }
    let inputFailure: Error | undefined;
    let killer: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      endGroup(child, 'SIGTERM');
      killer = setTimeout(() => endGroup(child, 'SIGKILL'), PATIENCE_MS);
    };
    signal?.addEventListener('abort', cancel);
    const settle = (end: () => void): void => {
      clearTimeout(killer);
      signal?.removeEventListener('abort', cancel);
      end();
    };
    child.on('error', (error) => settle(() => reject(foldSpawnError(error))));
    child.on('close', (status) =>
      settle(() => {
        if (signal?.aborted === true) reject(new SeedbedError('CANCELLED', { kept: '' }));
        else if (inputFailure !== undefined) reject(inputFailure);
        else resolve({ status, ...output });
      }),
    );
    // Git may end before it has read everything; how it ended says why. What fails on our side ends git.
    child.stdin.on('error', () => undefined);
    if (typeof input === 'string') child.stdin.end(input);
    else
      pipeline(input, child.stdin).catch((error: unknown) => {
        if (!isClosedPipe(error)) inputFailure = error instanceof Error ? error : new Error(String(error));
        endGroup(child, 'SIGTERM');
      });
  });
}

/** Work on a git directory whatever its settings say about a work tree, which may not be there yet. */
export function inGitDir(gitDir: string): string[] {
  return [`--git-dir=${gitDir}`, `--work-tree=${gitDir}`];
}

/** Run git where only success will do. A failure is a fault of Seedbed or of the disk, and says git's words. */
export async function mustGit(args: readonly string[], options: GitOptions): Promise<string> {
  const { status, stdout, stderr } = await runGit(args, options);
  if (status !== 0) throw gitFailed(args, options.cwd, stderr);
  return stdout;
}

/** What a git that ended badly comes to, by its words. */
export function gitFailed(args: readonly string[], cwd: string, stderr: string): SeedbedError {
  const command = args.find((arg) => /^[a-z]+(-[a-z]+)*$/.test(arg)) ?? '';
  return new SeedbedError('IO_FAILED', { path: cwd, osCode: `git ${command}`, reason: gitReason(stderr) });
}

/** Throws GIT_NOT_FOUND, GIT_TOO_OLD. Gives the version. */
export async function requireGit(cwd: string, signal?: AbortSignal): Promise<string> {
  const { stdout } = await runGit(['version'], { cwd, signal });
  const [, major = '0', minor = '0'] = /git version (\d+)\.(\d+)/.exec(stdout) ?? [];
  const version = stdout.replace(/^git version /, '').trim();
  const [oldestMajor, oldestMinor] = OLDEST_GIT;
  if (Number(major) < oldestMajor || (Number(major) === oldestMajor && Number(minor) < oldestMinor))
    throw new SeedbedError('GIT_TOO_OLD', { version, minimum: OLDEST_GIT.join('.') });
  return version;
}

/** The sentence in git's words that says most: what is wrong with an object, else its last fatal or error line, else the last line. */
export function gitReason(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const telling = lines.filter(
    (line) =>
      /^(fatal|error|remote error|ERROR):/.test(line) && !/Could not read from remote repository/.test(line),
  );
  const object = lines.find((line) => /^error: object [0-9a-f]{40}: /.test(line));
  const line = object ?? telling.at(-1) ?? lines.at(-1) ?? 'git said nothing';
  return line.replace(/^(fatal|error|ERROR): /, '').slice(0, 400);
}

/** End git and its helpers. */
export function endGroup(child: { pid?: number | undefined }, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // It is gone already.
  }
}

/** Git had read enough. */
function isClosedPipe(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code))
  );
}

export function foldSpawnError(error: Error): Error {
  return osCodeOf(error) === 'ENOENT' ? new SeedbedError('GIT_NOT_FOUND', {}, { cause: error }) : error;
}

function environment(cwd: string): NodeJS.ProcessEnv {
  const kept = PASSED_VARIABLES.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]] as const],
  );
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    // A folder without a repository of its own is not taken for a part of one above it.
    GIT_CEILING_DIRECTORIES: dirname(cwd),
    GIT_TERMINAL_PROMPT: '0',
    // Empty, not unset: that keeps git from asking through any program.
    GIT_ASKPASS: '',
    GCM_INTERACTIVE: 'never',
    GIT_NO_LAZY_FETCH: '1',
  };
}
