// The processes of a sandbox, as the host sees them: all that descend from one (proc(5): /proc/PID/stat field 4, /proc/PID/status NSpid).
import { readdirSync, readFileSync } from 'node:fs';

/** Descendants of `pid`, parents first; empty where there is no /proc. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const [child, parent] of listProcesses())
    children.set(parent, [...(children.get(parent) ?? []), child]);
  const found: number[] = [];
  for (let level = children.get(pid) ?? []; level.length > 0;) {
    found.push(...level);
    level = level.flatMap((one) => children.get(one) ?? []);
  }
  return found;
}

/** The first process of a namespace of its own: the kernel ends all others with it (pid_namespaces(7)). */
export function isNamespaceInit(pid: number): boolean {
  const numbers = /^NSpid:\s+(.*)$/m.exec(readText(`/proc/${pid}/status`))?.[1]?.split(/\s+/) ?? [];
  return numbers.length > 1 && numbers.at(-1) === '1';
}

/**
 * Send a signal to every descendant, again and again until no new one turns up (a process that forks is faster than one look). False when one of
 * them belongs to somebody else. `most` looks.
 */
export function signalDescendants(pid: number, signal: NodeJS.Signals, most = 20): boolean {
  const seen = new Set<number>();
  let allowed = true;
  for (let look = 0; look < most; look += 1) {
    const fresh = descendantsOf(pid).filter((one) => !seen.has(one));
    if (fresh.length === 0) break;
    for (const one of fresh) {
      seen.add(one);
      allowed = send(one, signal) && allowed;
    }
  }
  return allowed;
}

/** False when it may not be sent; a process that is gone has had its share. */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM');
  }
}

/** Every process with its parent. */
function listProcesses(): [pid: number, parent: number][] {
  return readNames('/proc').flatMap((name): [number, number][] => {
    if (!/^\d+$/.test(name)) return [];
    // Field 2 is the name in parentheses and may hold anything, parentheses too.
    const stat = readText(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return Number.isInteger(parent) ? [[Number(name), parent]] : [];
  });
}

function readNames(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
