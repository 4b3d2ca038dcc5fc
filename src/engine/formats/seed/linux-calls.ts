// The few Linux system calls of stage0's programs, on files that exist in memory only (numbers: arch/x86/entry/syscalls/syscall_32.tbl;
// error numbers: include/uapi/asm-generic/errno-base.h). Whatever else is asked is written down and answered "no such call".
import { type Memory, MemoryFault } from './i386-memory.ts';

export const CALL_NAMES: Readonly<Record<number, string>> = {
  1: 'exit',
  2: 'fork',
  3: 'read',
  4: 'write',
  5: 'open',
  6: 'close',
  7: 'waitpid',
  8: 'creat',
  10: 'unlink',
  11: 'execve',
  12: 'chdir',
  15: 'chmod',
  19: 'lseek',
  33: 'access',
  39: 'mkdir',
  45: 'brk',
  54: 'ioctl',
  102: 'socketcall',
  122: 'uname',
  183: 'getcwd',
};

const NO_SUCH_FILE = -2;
const BAD_FILE = -9;
const BAD_ADDRESS = -14;
const NO_SUCH_CALL = -38;
const CREATE = 0x40;
const TRUNCATE = 0x200;
const LONGEST_NAME = 4096;

/** Where a call was made, which, how often. */
export interface CallSite {
  address: number;
  number: number;
  count: number;
}

export interface LinuxFile {
  bytes: Uint8Array;
  length: number;
}

export interface Linux {
  files: Map<string, LinuxFile>;
  sites: Map<string, CallSite>;
  exitStatus: number | null;
  /** Programs that were asked for by execve; the first ends the run. */
  executed: string[][];
  modes: Map<string, number>;
}

interface Opened {
  file: LinuxFile;
  position: number;
}

export interface LinuxOptions {
  files: Readonly<Record<string, Uint8Array>>;
  /** What fork answers: the parent goes on, or the child does. */
  fork: 'parent' | 'child';
  outputLimitBytes: number;
}

export function createLinux(
  memory: Memory,
  { files, fork, outputLimitBytes }: LinuxOptions,
): Linux & { call(number: number, args: readonly [number, number, number], address: number): number } {
  const linux: Linux = {
    files: new Map(Object.entries(files).map(([name, bytes]) => [name, { bytes, length: bytes.length }])),
    sites: new Map(),
    exitStatus: null,
    executed: [],
    modes: new Map(),
  };
  const opened = new Map<number, Opened>();
  for (const [number, name] of ['/dev/stdin', '/dev/stdout', '/dev/stderr'].entries())
    opened.set(number, { file: fileOf(name), position: 0 });
  let nextNumber = 3;

  function fileOf(name: string): LinuxFile {
    const known = linux.files.get(name);
    if (known !== undefined) return known;
    const made = { bytes: new Uint8Array(64), length: 0 };
    linux.files.set(name, made);
    return made;
  }

  function text(address: number): string {
    let name = '';
    for (let at = address >>> 0; name.length < LONGEST_NAME; at += 1) {
      const code = memory.read(at, 1);
      if (code === 0) break;
      name += String.fromCharCode(code);
    }
    return name;
  }

  function open(name: string, flags: number, mode: number): number {
    if ((flags & CREATE) === 0 && !linux.files.has(name)) return NO_SUCH_FILE;
    if (!linux.files.has(name)) linux.modes.set(name, mode);
    const file = fileOf(name);
    if ((flags & TRUNCATE) !== 0) Object.assign(file, { bytes: new Uint8Array(64), length: 0 });
    opened.set(nextNumber, { file, position: 0 });
    nextNumber += 1;
    return nextNumber - 1;
  }

  function read(entry: Opened, address: number, count: number): number {
    const length = Math.max(0, Math.min(count >>> 0, entry.file.length - entry.position));
    memory
      .view(address >>> 0, length)
      .set(entry.file.bytes.subarray(entry.position, entry.position + length));
    entry.position += length;
    return length;
  }

  function write(entry: Opened, address: number, count: number): number {
    const length = count >>> 0;
    const end = entry.position + length;
    if (end > outputLimitBytes) return BAD_ADDRESS;
    const { file } = entry;
    const given = memory.view(address >>> 0, length);
    if (end > file.bytes.length) {
      const grown = new Uint8Array(Math.max(end, file.bytes.length * 2));
      grown.set(file.bytes.subarray(0, file.length));
      file.bytes = grown;
    }
    file.bytes.set(given, entry.position);
    entry.position = end;
    file.length = Math.max(file.length, end);
    return length;
  }

  function answer(number: number, [a, b, c]: readonly [number, number, number]): number {
    const entry = opened.get(a);
    switch (number) {
      case 1:
        linux.exitStatus = a & 0xff;
        return 0;
      case 2:
        return fork === 'parent' ? 1000 : 0;
      case 3:
        return entry === undefined ? BAD_FILE : read(entry, b, c);
      case 4:
        return entry === undefined ? BAD_FILE : write(entry, b, c);
      case 5:
        return open(text(a), b, c);
      case 6:
        return opened.delete(a) ? 0 : BAD_FILE;
      case 7:
        if (b !== 0) memory.write(b >>> 0, 4, 0);
        return 1000;
      case 11: {
        const words: string[] = [];
        for (let at = b >>> 0; words.length < 64; at += 4) {
          const word = memory.read(at, 4);
          if (word === 0) break;
          words.push(text(word));
        }
        linux.executed.push(words);
        return 0;
      }
      case 15:
        linux.modes.set(text(a), b);
        return 0;
      case 19:
        if (entry === undefined) return BAD_FILE;
        entry.position = Math.max(0, c === 0 ? b : c === 1 ? entry.position + b : entry.file.length + b);
        return entry.position;
      case 33:
        return linux.files.has(text(a)) ? 0 : NO_SUCH_FILE;
      case 45:
        if (a !== 0) memory.setBrk(a >>> 0);
        return memory.brk() | 0;
      default:
        return NO_SUCH_CALL;
    }
  }

  return Object.assign(linux, {
    call(number: number, args: readonly [number, number, number], address: number): number {
      const key = `${address}:${number}`;
      const site = linux.sites.get(key);
      if (site === undefined) linux.sites.set(key, { address, number, count: 1 });
      else site.count += 1;
      try {
        return answer(number, args);
      } catch (error) {
        if (error instanceof MemoryFault) return BAD_ADDRESS;
        throw error;
      }
    },
  });
}
