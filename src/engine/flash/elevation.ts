// How the helper is started with the rights that it needs: directly where this is root already, else by pkexec or sudo, always as an argument vector.
// What runs as root must be changeable by root alone: helper and Node are taken from fixed places, and every folder above them is looked at.
// Why, and what else was thought of: docs/adr/0012-elevated-helper.md.
import { existsSync } from 'node:fs';
import { lstat, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type { FlashElevation } from '../../shared/model/flash.ts';
import { quote } from '../../shared/error-texts/text.ts';
import { describeError } from '../../shared/error-texts.ts';
import { resourcesFolder } from '../image/resources.ts';

export interface ElevationFacts {
  platform: NodeJS.Platform;
  isRoot: boolean;
  /** Somebody can type a password for sudo at a terminal of this process. */
  hasTerminal: boolean;
  /** A Node that is started as a helper by this very process: null in a packaged window, which is none. */
  ownNode: string | null;
  /** The built helper that belongs to this program; null when there is none. */
  ownHelper: () => string | null;
}

export interface HelperCommand {
  kind: 'direct' | 'pkexec' | 'sudo';
  program: string;
  /** Everything before the helper's own arguments. */
  args: string[];
}

const HELPER_FILE = 'flash-helper.mjs';
const NODES = ['/usr/bin/node', '/usr/local/bin/node', '/usr/bin/nodejs'];
/** Of a package, then of a person who installed it by hand. */
const HELPERS = ['/usr/lib/seedbed/flash-helper.mjs', '/usr/local/lib/seedbed/flash-helper.mjs'];
const PKEXEC = ['/usr/bin/pkexec'];
const SUDO = ['/usr/bin/sudo'];

/** Less than Node's own choice: the helper holds three chunks and little else. */
const NODE_FLAGS = ['--max-old-space-size=32', '--max-semi-space-size=1', '--v8-pool-size=1'];

/** Throws FLASH_PLATFORM, FLASH_HELPER_MISSING, FLASH_HELPER_UNSAFE, FLASH_ELEVATION. */
export async function helperCommand(facts: ElevationFacts): Promise<HelperCommand> {
  if (facts.platform !== 'linux') throw new SeedbedError('FLASH_PLATFORM', { platform: facts.platform });
  if (facts.isRoot) return directCommand(facts);
  const own = facts.ownHelper();
  // A package of the system's has it in a folder that only root can write to.
  const helper = await firstSafe(own === null ? HELPERS : [own, ...HELPERS]);
  const node = await firstSafe(NODES);
  if (helper === null || node === null) throw await unsafe(facts, node === null);
  if (own !== null && !(await isSameFile(own, helper))) throw await unsafe(facts, false);
  const line = [node, ...NODE_FLAGS, helper];
  const sudo = await firstSafe(SUDO);
  if (facts.hasTerminal && sudo !== null) return { kind: 'sudo', program: sudo, args: ['--', ...line] };
  const pkexec = await firstSafe(PKEXEC);
  if (pkexec !== null) return { kind: 'pkexec', program: pkexec, args: line };
  throw new SeedbedError('FLASH_ELEVATION', { program: 'pkexec', status: 127, command: '' });
}

/** What a plan says about it; never throws. */
export async function describeElevation(facts: ElevationFacts): Promise<FlashElevation> {
  try {
    const { kind, program, args } = await helperCommand(facts);
    const command = kind === 'direct' ? [] : [program, ...args];
    const why = {
      direct: 'Seedbed runs as root already; nothing is asked.',
      pkexec: 'The system asks for an administrator’s password and shows the whole command.',
      sudo: 'sudo asks for your password in this terminal.',
    }[kind];
    return { kind, why, command };
  } catch (error) {
    return { kind: 'none', why: describeError(error).message, command: [] };
  }
}

async function directCommand({ ownNode, ownHelper }: ElevationFacts): Promise<HelperCommand> {
  const helper = ownHelper() ?? (await firstSafe(HELPERS));
  const node = ownNode ?? (await firstSafe(NODES));
  if (helper === null || node === null)
    throw new SeedbedError('FLASH_HELPER_MISSING', {
      path: helper === null ? HELPERS.join(', ') : NODES.join(', '),
    });
  return { kind: 'direct', program: node, args: [...NODE_FLAGS, helper] };
}

async function unsafe(facts: ElevationFacts, noNode: boolean): Promise<SeedbedError> {
  const ownHelper = facts.ownHelper();
  if (noNode)
    return new SeedbedError('FLASH_HELPER_UNSAFE', {
      path: NODES.join(', '),
      why: 'none of them is a Node that only root can change.',
      install: 'sudo apt-get install nodejs',
    });
  if (ownHelper === null) return new SeedbedError('FLASH_HELPER_MISSING', { path: HELPERS.join(', ') });
  const [, place = ''] = HELPERS;
  return new SeedbedError('FLASH_HELPER_UNSAFE', {
    path: ownHelper,
    why: (await whyUnsafe(ownHelper)) ?? 'the installed one is of another version.',
    install: `sudo install -D --owner=root --mode=0644 ${quote(ownHelper)} ${place}`,
  });
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  if (a === b) return true;
  const [one, other] = await Promise.all([readFile(a), readFile(b)]);
  return one.equals(other);
}

async function firstSafe(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) if ((await whyUnsafe(path)) === null) return path;
  return null;
}

/** null for a file that exists and that nobody but root can exchange: it and every folder above it, links resolved. */
export async function whyUnsafe(path: string, owner = 0): Promise<string | null> {
  const real = await realpath(path).catch(() => null);
  if (real === null) return 'it is not there.';
  for (let at = real; ; at = dirname(at)) {
    const { uid, mode } = await lstat(at);
    if (uid !== owner && uid !== 0) return `${at} belongs to another user than root.`;
    // A folder with the sticky bit lets nobody exchange what others own.
    const isOpen = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
    if (isOpen) return `${at} can be written by others than root.`;
    if (at === dirname(at)) break;
  }
  // The link itself, and the folder that it stands in, decide what it leads to.
  return real === path || dirname(path) === dirname(real) ? null : whyUnsafe(dirname(path), owner);
}

/** The built helper: in the resources of a package, else out/helper of the project that this code stands in; null when it was not built. */
function findOwnHelper(): string | null {
  for (const path of [
    join(resourcesFolder(), HELPER_FILE),
    join(resourcesFolder(), '..', 'out', 'helper', HELPER_FILE),
  ])
    if (existsSync(path)) return path;
  return null;
}

/** Of this very process. `onCommandLine`: sudo may ask at its terminal. */
export function elevationFacts(onCommandLine: boolean): ElevationFacts {
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    hasTerminal: onCommandLine && process.stdin.isTTY,
    ownNode: 'electron' in process.versions ? null : process.execPath,
    ownHelper: findOwnHelper,
  };
}
