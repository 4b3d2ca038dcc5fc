// Who has a block device, or a file on a mounted drive, open; and the mount namespaces that there are. Read from /proc, as far as this
// user may: without root only the user's own processes can be looked into. Source: Linux Documentation/filesystems/proc.rst 3.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { LinuxSnapshot, ProcessUse } from '../formats/drives/linux-snapshot.ts';
import { formatDeviceNumber } from './linux-sysfs.ts';

export interface ProcessScan {
  processes: ProcessUse[];
  mountinfo: LinuxSnapshot['mountinfo'];
}

/** So many processes at a time, then others have a turn: a scan of thousands takes a tenth of a second. */
const PROCESSES_AT_A_TIME = 32;
/** Of one process no more is told than this. */
const MOST_USES = 64;

/** Programs that look into every device that comes, for a moment; theirs is no use of it. */
const PROBES = ['blkid', 'lsblk', 'systemd-udevd', '(udev-worker)', 'udevadm', 'udisksd'];

/** Below these nobody mounts a drive to write files to it, and most open files are there: not worth a look. */
const DULL = /^\/(?:usr|lib|lib64|proc|sys|etc|dev\/(?:null|zero|pts\/|tty|shm\/|urandom|random|kvm|fuse))/;

export async function scanProcesses(proc = '/proc'): Promise<ProcessScan> {
  const processes: ProcessUse[] = [];
  const mountinfo: LinuxSnapshot['mountinfo'] = [];
  const namespaces = new Set<string>();
  const pids = entriesOf(proc).filter((name) => /^\d+$/.test(name));
  addNamespace('self', process.pid);
  // A chroot has the namespace of its surroundings and sees less of it: process 1 is asked in any case.
  const init = readText(`${proc}/1/mountinfo`);
  if (init !== null) mountinfo.push({ of: 'init', pid: 1, text: init });
  for (const [index, name] of pids.entries()) {
    if (index % PROCESSES_AT_A_TIME === 0) await new Promise((done) => setImmediate(done));
    const pid = Number(name);
    addNamespace('other', pid);
    if (pid !== process.pid) processes.push(...usesOf(`${proc}/${name}`, pid));
  }
  return { processes, mountinfo };

  function addNamespace(of: 'self' | 'other', pid: number): void {
    const namespace = readLink(`${proc}/${pid}/ns/mnt`);
    if (of === 'other' && (namespace === null || namespaces.has(namespace))) return;
    if (namespace !== null) namespaces.add(namespace);
    const text = readText(`${proc}/${of === 'self' ? 'self' : pid}/mountinfo`);
    if (text !== null) mountinfo.push({ of, pid, text });
  }
}

function usesOf(folder: string, pid: number): ProcessUse[] {
  const uses: ProcessUse[] = [];
  const program = readText(`${folder}/comm`)?.trim() ?? '';
  const add = (what: ProcessUse['what'], path: string | null, majorMinor: string | null): void => {
    if (uses.length < MOST_USES) uses.push({ pid, program, what, majorMinor, path });
  };
  const root = readLink(`${folder}/root`);
  if (root === null) return [];
  if (root !== '/') add('root', root, null);
  const seen = new Set<string>();
  const links = entriesOf(`${folder}/fd`).map((fd) => `${folder}/fd/${fd}`);
  for (const link of [`${folder}/cwd`, ...links]) {
    const path = readLink(link);
    if (path?.startsWith('/') !== true || seen.has(path) || DULL.test(path)) continue;
    seen.add(path);
    const number = blockDeviceOf(link);
    if (number !== null && PROBES.includes(program)) continue;
    if (number !== null) add('device', path, number);
    else if (!path.startsWith('/dev/')) add('file', path, null);
  }
  return uses;
}

/** By what is open, not by its name: a device node can stand anywhere. */
function blockDeviceOf(link: string): string | null {
  try {
    const facts = statSync(link, { bigint: true });
    return facts.isBlockDevice() ? formatDeviceNumber(facts.rdev) : null;
  } catch {
    return null;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
