// The argument vectors of the two sandboxes. Pure.
// Sources: live-bootstrap 984b8322, rootfs.py (bootstrap: what --bwrap binds and what --chroot runs); bubblewrap 0.8.0, bwrap(1); util-linux 2.38, unshare(1).
import type { SandboxMode } from '../../shared/model/sandbox.ts';

/** Absolute paths of the programs that a mode needs. */
export interface SandboxPrograms {
  env: string;
  /** bwrap, or unshare. */
  maker: string;
  /** For chroot only. */
  chroot: string | null;
  elevate: { name: 'pkexec' | 'sudo'; path: string } | null;
}

export interface SandboxCommand {
  mode: SandboxMode;
  programs: SandboxPrograms;
  /** The prepared tree, absolute. */
  root: string;
  network: boolean;
  /** The first program, as the sandbox sees it. */
  init: string;
}

/** rootfs.py, bootstrap: the seed that starts everything where no kernel of its own does. */
export function sandboxInit(archFolder: string): string {
  return `/bootstrap-seeds/POSIX/${archFolder}/kaem-optional-seed`;
}

/** In the order of rootfs.py. */
const DEVICES = ['null', 'zero', 'random', 'urandom', 'ptmx', 'tty'];

/**
 * As upstream runs it, and beside that: a process namespace of its own, whose end is the end of everything in it; the end with its parent; and what is so
 * for an ordinary user made so for root too, who could write the host's /sys otherwise: no capabilities, and /sys read-only. Upstream's environment:
 * nothing but PATH.
 */
function bubblewrap({ programs, root, network, init }: SandboxCommand): string[] {
  return [
    programs.env,
    '-i',
    programs.maker,
    '--unshare-user',
    '--uid',
    '0',
    '--gid',
    '0',
    ...(network ? [] : ['--unshare-net']),
    '--unshare-pid',
    '--die-with-parent',
    '--cap-drop',
    'ALL',
    '--chdir',
    '/',
    '--setenv',
    'PATH',
    '/usr/bin',
    '--bind',
    root,
    '/',
    '--dir',
    '/dev',
    ...DEVICES.flatMap((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`]),
    '--tmpfs',
    '/dev/shm',
    '--proc',
    '/proc',
    '--ro-bind',
    '/sys',
    '/sys',
    '--tmpfs',
    '/tmp',
    init,
  ];
}

/** As upstream runs it, but in namespaces of its own: of processes, so that the first one's end ends all; of mounts, so that none outlives them. */
function chroot({ programs, root, network, init }: SandboxCommand): string[] {
  const { elevate, env, maker } = programs;
  return [
    ...(elevate === null ? [] : elevate.name === 'sudo' ? [elevate.path, '--'] : [elevate.path]),
    env,
    '-i',
    'PATH=/bin',
    maker,
    '--mount',
    '--pid',
    ...(network ? [] : ['--net']),
    '--fork',
    '--kill-child=SIGKILL',
    '--',
    programs.chroot ?? 'chroot',
    root,
    init,
  ];
}

export function sandboxArguments(command: SandboxCommand): string[] {
  return command.mode === 'bwrap' ? bubblewrap(command) : chroot(command);
}
