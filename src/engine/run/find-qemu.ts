// Where QEMU is and which version: `$SEEDBED_QEMU`, else the first of qemu-system-x86_64 and -i386 on the search path.
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { runProgram } from '../spawn.ts';

export interface Qemu {
  path: string;
  /** As QEMU prints it, e.g. `7.2.22`. */
  version: string;
}

/** The oldest that is supported; every option used here was tried with 7.2. */
export const MINIMUM_QEMU_MAJOR = 7;
const PROGRAMS = ['qemu-system-x86_64', 'qemu-system-i386'];
/** Where package managers put programs that a desktop session's search path may lack. */
const MORE_FOLDERS = ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin', '/opt/local/bin'];

export interface FindOptions {
  env: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
  signal?: AbortSignal | undefined;
}

/** Throws QEMU_NOT_FOUND or QEMU_TOO_OLD, both with the install command of this platform. */
export async function findQemu({ env, platform = process.platform, signal }: FindOptions): Promise<Qemu> {
  const asked = env['SEEDBED_QEMU'];
  const candidates = asked !== undefined && asked !== '' ? [asked] : searchPath(env, platform);
  let old: Qemu | null = null;
  for (const path of candidates) {
    if (!(await isProgram(path))) continue;
    const version = await askVersion(path, env, signal);
    if (version === null) continue;
    if (Number.parseInt(version, 10) >= MINIMUM_QEMU_MAJOR) return { path, version };
    old ??= { path, version };
  }
  const install = await installCommand(platform);
  if (old !== null)
    throw new SeedbedError('QEMU_TOO_OLD', { ...old, minimum: `${MINIMUM_QEMU_MAJOR}.0`, install });
  const tried = asked !== undefined && asked !== '' ? `${asked}, from SEEDBED_QEMU` : PROGRAMS.join(' and ');
  throw new SeedbedError('QEMU_NOT_FOUND', { tried, install });
}

function searchPath(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  const listed = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const folders =
    platform === 'win32'
      ? [...listed, join(env['ProgramFiles'] ?? 'C:\\Program Files', 'qemu')]
      : [...listed, ...MORE_FOLDERS];
  const suffix = platform === 'win32' ? '.exe' : '';
  return PROGRAMS.flatMap((name) => [...new Set(folders)].map((folder) => join(folder, name + suffix)));
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a program said of itself, until its file is another: asking it takes longer than anything else at the start of a short run. */
const versions = new Map<string, string>();

async function askVersion(
  path: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const facts = await stat(path, { bigint: true }).catch(() => null);
  const key = `${path} ${String(facts?.ino)} ${String(facts?.mtimeNs)} ${String(facts?.size)}`;
  const known = facts === null ? undefined : versions.get(key);
  const version = known ?? (await runVersion(path, env, signal));
  if (version !== null && facts !== null) versions.set(key, version);
  return version;
}

async function runVersion(
  path: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  try {
    const { stdout } = await runProgram(path, ['--version'], { env, signal });
    return parseQemuVersion(stdout);
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return null;
  }
}

/** `QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)` → `7.2.22`. */
export function parseQemuVersion(text: string): string | null {
  return /^QEMU emulator version (\d+\.\d+(?:\.\d+)?)/m.exec(text)?.[1] ?? null;
}

/** By the ID and ID_LIKE of os-release(5). */
const LINUX_COMMANDS: [RegExp, string][] = [
  [/\b(debian|ubuntu)\b/, 'sudo apt-get install qemu-system-x86'],
  [/\b(fedora|rhel|centos)\b/, 'sudo dnf install qemu-system-x86'],
  [/\barch\b/, 'sudo pacman -S qemu-system-x86'],
  [/\b(suse|opensuse\S*)\b/, 'sudo zypper install qemu-x86'],
  [/\balpine\b/, 'sudo apk add qemu-system-x86_64'],
  [/\bnixos\b/, 'nix-shell -p qemu'],
];

export async function installCommand(
  platform: NodeJS.Platform = process.platform,
  osReleasePath = '/etc/os-release',
): Promise<string> {
  if (platform === 'darwin') return 'brew install qemu';
  if (platform === 'win32') return 'winget install SoftwareFreedomConservancy.QEMU';
  const text = await readFile(osReleasePath, 'utf8').catch(() => '');
  const ids = [...text.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].map((match) => match[1] ?? '').join(' ');
  const known = LINUX_COMMANDS.find(([pattern]) => pattern.test(ids));
  return known?.[1] ?? 'qemu-system-x86 with your package manager';
}
