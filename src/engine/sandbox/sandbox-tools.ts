// Which sandboxes this host can make, and why not: the programs are looked for, and user namespaces are tried, since many systems refuse them.
import { access, constants } from 'node:fs/promises';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { SANDBOX_NAMES, type SandboxAvailability, SandboxMode } from '../../shared/model/sandbox.ts';
import { describeError } from '../../shared/error-texts.ts';
import { whyUnsafe } from '../flash/elevation.ts';
import { runProgram } from '../spawn.ts';
import type { SandboxPrograms } from './sandbox-command.ts';

export interface SandboxHost {
  env: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
  /** Of this process; 0 is root. */
  userId?: number;
  /** Whether this host can run what outlives it (HostActions.command). */
  hasCommand: boolean;
}

export interface SandboxTools {
  mode: SandboxMode;
  programs: SandboxPrograms;
  /** `bubblewrap 0.8.0`. */
  tool: string;
}

const ANSWER_MILLISECONDS = 20_000;
/** Debian keeps chroot where only root's PATH looks. */
const SYSTEM_FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];
const INSTALL: Readonly<Record<SandboxMode, string>> = {
  bwrap:
    'Install bubblewrap: on Debian and Ubuntu `apt install bubblewrap`, on Fedora `dnf install bubblewrap`.',
  chroot: 'Install util-linux and coreutils, which every distribution has.',
};
const OTHER_PLATFORM = 'On this system run it in QEMU.';

/** Throws SANDBOX_UNAVAILABLE with the reason. */
export async function findSandboxTools(mode: SandboxMode, host: SandboxHost): Promise<SandboxTools> {
  const { env, platform = process.platform } = host;
  if (platform !== 'linux')
    throw unavailable(
      mode,
      'it runs the programs of Linux under the kernel of this computer, which is another',
      OTHER_PLATFORM,
    );
  if (!['x64', 'ia32'].includes(process.arch))
    throw unavailable(
      mode,
      `its programs are for x86, and this computer’s processor is ${process.arch}`,
      OTHER_PLATFORM,
    );
  if (!host.hasCommand)
    throw unavailable(
      mode,
      'a sandbox is looked after by Seedbed’s command line, also when the window is closed, and no Node that could run it was found on PATH',
      'Install Node 20.19 or newer (Debian: sudo apt install nodejs) and start Seedbed again. From an AppImage it cannot be: take another package, or the browser’s page.',
    );
  // What is run with root's rights is taken from where only root can put it, and not from wherever a user's PATH leads.
  const elevate = mode === 'chroot' ? await findElevation(host) : null;
  const need = async (name: string): Promise<string> => {
    const path = elevate === null ? await findIn(name, pathOf(env)) : await findSafe(name);
    if (path === null) throw unavailable(mode, `the program ${name} was not found`, INSTALL[mode]);
    return path;
  };
  const programs: SandboxPrograms = {
    env: await need('env'),
    maker: await need(mode === 'bwrap' ? 'bwrap' : 'unshare'),
    chroot: mode === 'chroot' ? await need('chroot') : null,
    elevate,
  };
  if (mode === 'bwrap') await tryNamespaces(programs, env);
  return { mode, programs, tool: await versionOf(programs.maker, env) };
}

/** All modes, in the order in which they are offered. Never throws. */
export async function listSandboxes(host: SandboxHost): Promise<SandboxAvailability[]> {
  return Promise.all(
    SandboxMode.options.map(async (mode): Promise<SandboxAvailability> => {
      try {
        const { tool, programs } = await findSandboxTools(mode, host);
        const how = programs.elevate === null ? '' : `, with root’s rights by ${programs.elevate.name}`;
        return { mode, available: true, detail: `${tool}${how}`, hint: '' };
      } catch (error) {
        const { message, hint } = describeError(error);
        return { mode, available: false, detail: message, hint };
      }
    }),
  );
}

/** `Linux 6.1.0`. */
export function hostKernel(): string {
  return `Linux ${release()}`;
}

/** Root needs none. */
async function findElevation({
  userId = process.getuid?.(),
}: SandboxHost): Promise<SandboxPrograms['elevate']> {
  if (userId === 0) return null;
  for (const name of ['pkexec', 'sudo'] as const) {
    const path = await findSafe(name);
    if (path !== null) return { name, path };
  }
  throw unavailable(
    'chroot',
    'changing the root takes root’s rights, and neither pkexec nor sudo was found',
    'Take bubblewrap, which needs none, or start Seedbed as root.',
  );
}

/** bubblewrap says in its own words what the kernel or the distribution forbids. */
async function tryNamespaces({ maker }: SandboxPrograms, env: NodeJS.ProcessEnv): Promise<void> {
  const args = [
    '--unshare-user',
    '--uid',
    '0',
    '--gid',
    '0',
    '--unshare-pid',
    '--bind',
    '/',
    '/',
    '--proc',
    '/proc',
    '/bin/true',
  ];
  const { status, stderr } = await runProgram(maker, args, { env, timeoutMilliseconds: ANSWER_MILLISECONDS });
  if (status === 0) return;
  const words = stderr.trim().split('\n').at(-1) ?? '';
  throw unavailable(
    'bwrap',
    `bubblewrap could not make a sandbox${words === '' ? '' : `: ${words.slice(0, 300)}`}`,
    'User namespaces may be switched off here (kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, or a container that forbids them). Take the chroot, or QEMU.',
  );
}

async function versionOf(maker: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await runProgram(maker, ['--version'], {
    env,
    timeoutMilliseconds: ANSWER_MILLISECONDS,
  });
  return stdout.trim().split('\n')[0]?.slice(0, 200) ?? '';
}

/** As the helper that writes drives is looked for (flash/elevation.ts): nobody but root could have exchanged it. */
async function findSafe(name: string): Promise<string | null> {
  const path = await findIn(name, SYSTEM_FOLDERS);
  return path === null || (await whyUnsafe(path)) !== null ? null : path;
}

function pathOf(env: NodeJS.ProcessEnv): string[] {
  return [...(env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS];
}

async function findIn(name: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    if (!folder.startsWith('/')) continue;
    const path = join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}

function unavailable(mode: SandboxMode, reason: string, hint: string): SeedbedError {
  return new SeedbedError('SANDBOX_UNAVAILABLE', { name: SANDBOX_NAMES[mode], reason, hint });
}
