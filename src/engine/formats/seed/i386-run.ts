// Runs a Linux program for the i386 in this process, on any computer and without executing a byte of it natively: load as Linux does, then
// one instruction after the other, with bounds on steps and memory. Reports coverage and every system call.
import { decodeInstruction } from './i386-decode.ts';
import { createMemory, MemoryFault } from './i386-memory.ts';
import { compileInstruction, type Machine } from './i386-operations.ts';
import { decodeElfHeader } from './elf-header.ts';
import { type CallSite, createLinux } from './linux-calls.ts';

export interface ProgramRun {
  /** `exit`: it ended itself; `execve`: it became another program. */
  ending: 'exit' | 'execve' | 'steps' | 'fault' | 'unknown-instruction' | 'not-loadable';
  status: number | null;
  /** Address where it ended, or what is wrong with the file. */
  detail: string;
  steps: number;
  /** Addresses of instructions that were executed, sorted. */
  executed: number[];
  calls: CallSite[];
  files: Map<string, Uint8Array>;
  modes: Map<string, number>;
  /** Argument lists of execve. */
  programs: string[][];
}

export interface ProgramOptions {
  args: readonly string[];
  files: Readonly<Record<string, Uint8Array>>;
  fork?: 'parent' | 'child';
  stepLimit?: number;
  memoryLimitBytes?: number;
  outputLimitBytes?: number;
  stackBytes?: number;
  /** Asked every few million steps. */
  signal?: { throwIfAborted: () => void } | undefined;
}

const ENVIRONMENT: readonly string[] = [];
const DIVIDE_ERROR = 'division by zero';
const CHECK_EVERY_STEPS = 4_000_000;

export function runProgramFile(program: Uint8Array, options: ProgramOptions): ProgramRun {
  const { args, files, fork = 'parent', stepLimit = 50_000_000, stackBytes = 65_536, signal } = options;
  const ended = (ending: ProgramRun['ending'], detail: string): ProgramRun => ({
    ...{ ending, detail, status: null, steps: 0, executed: [], calls: [], programs: [] },
    files: new Map<string, Uint8Array>(),
    modes: new Map<string, number>(),
  });
  const header = decodeElfHeader(program);
  const segment = header.segments[0];
  if (header.problem !== null || segment === undefined)
    return ended('not-loadable', header.problem ?? 'no segment');
  const limitBytes = options.memoryLimitBytes ?? 64 * 2 ** 20;
  if (segment.memorySize > limitBytes || segment.offset + segment.fileSize > program.length)
    return ended('not-loadable', 'the segment is larger than the file');
  const base = segment.address;
  const compiled: ((() => void) | undefined)[] = [];
  // Linux maps whole pages of the file; what lies behind the segment in its last page comes from the file as well, or is zero.
  const image = program.slice(segment.offset, segment.offset + segment.fileSize);
  const memory = createMemory({
    base,
    image,
    sizeBytes: Math.max(segment.memorySize, segment.fileSize),
    writable: (segment.flags & 2) !== 0,
    stackBytes,
    limitBytes,
    // The longest instruction has 15 bytes: any that holds the changed one begins that far before it.
    onImageWrite: (address) => compiled.fill(undefined, Math.max(0, address - base - 15), address - base + 4),
  });
  const linux = createLinux(memory, {
    files,
    fork,
    outputLimitBytes: options.outputLimitBytes ?? 64 * 2 ** 20,
  });
  let at = 0;
  const machine: Machine = {
    registers: new Int32Array(8),
    next: header.entry,
    carry: false,
    overflow: false,
    result: 1,
    memory,
    call() {
      const { registers } = machine;
      const [eax = 0, ecx = 0, edx = 0, ebx = 0] = registers;
      registers[0] = linux.call(eax, [ebx, ecx, edx], at);
    },
    divideError() {
      throw new Error(DIVIDE_ERROR);
    },
  };
  try {
    machine.registers[4] = pushArguments(memory, args);
  } catch (error) {
    if (error instanceof MemoryFault) return ended('fault', 'the arguments do not fit on the stack');
    throw error;
  }
  const executed = new Set<number>();
  let ending: ProgramRun['ending'] = 'steps';
  let detail = `after ${stepLimit} steps`;
  let steps = 0;
  try {
    for (; steps < stepLimit; steps += 1) {
      if (steps % CHECK_EVERY_STEPS === 0) signal?.throwIfAborted();
      at = machine.next >>> 0;
      let operation = compiled[at - base];
      if (operation === undefined) {
        const instruction = at >= base ? decodeAt(memory, at) : null;
        operation = (instruction && compileInstruction(machine, instruction)) ?? undefined;
        if (operation === undefined) {
          ending = 'unknown-instruction';
          detail = `at 0x${at.toString(16)}`;
          break;
        }
        compiled[at - base] = operation;
        executed.add(at);
      }
      operation();
      if (linux.exitStatus !== null || linux.executed.length > 0) {
        ending = linux.exitStatus === null ? 'execve' : 'exit';
        detail = `at 0x${at.toString(16)}`;
        steps += 1;
        break;
      }
    }
  } catch (error) {
    if (!(error instanceof MemoryFault) && !(error instanceof Error && error.message === DIVIDE_ERROR))
      throw error;
    ending = 'fault';
    detail = `at 0x${at.toString(16)}: ${error.message}`;
  }
  return {
    ending,
    detail,
    status: linux.exitStatus,
    steps,
    executed: [...executed].sort((a, b) => a - b),
    calls: [...linux.sites.values()],
    files: new Map([...linux.files].map(([name, { bytes, length }]) => [name, bytes.slice(0, length)])),
    modes: linux.modes,
    programs: linux.executed,
  };
}

function decodeAt(memory: ReturnType<typeof createMemory>, address: number) {
  for (let length = 15; length > 0; length -= 1) {
    try {
      return decodeInstruction(memory.view(address, length), 0, { base: address });
    } catch (error) {
      if (!(error instanceof MemoryFault)) throw error;
    }
  }
  return null;
}

/** As Linux leaves the stack (System V ABI for the i386, 3.4.1): count, arguments, zero, environment, zero. */
function pushArguments(memory: ReturnType<typeof createMemory>, args: readonly string[]): number {
  let end = memory.stackTop - 16;
  const addresses = [...args, ...ENVIRONMENT].map((text) => {
    end -= text.length + 1;
    for (let index = 0; index < text.length; index += 1) memory.write(end + index, 1, text.charCodeAt(index));
    return end;
  });
  const words = [args.length, ...addresses.slice(0, args.length), 0, ...addresses.slice(args.length), 0];
  const top = (end & ~15) - words.length * 4;
  words.forEach((word, index) => memory.write((top >>> 0) + index * 4, 4, word));
  return top;
}
