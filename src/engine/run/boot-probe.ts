// One throw-away boot of the boot check, tied to this host: it shows whether an accelerator can run what builder-hex0 needs.
import type { ChildProcess } from 'node:child_process';
import { DEFAULT_CORES, MINIMUM_MEMORY_MIB } from '../../shared/limits.ts';
import type { Image } from '../../shared/model/image.ts';
import type { Accelerator } from '../../shared/model/run.ts';
import { openConsoleReader } from '../formats/console/grammar.ts';
import { judge } from '../formats/console/verdict.ts';
import type { Qemu } from './find-qemu.ts';
import { launchTied } from './launch.ts';
import { type MachineSettings, programOf, terminalArguments } from './qemu-command.ts';
import { acceleratorFaultIn } from './qemu-output.ts';

export interface BootProbeOptions {
  qemu: Qemu;
  image: Image;
  accelerator: Accelerator;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  timeoutMilliseconds: number;
}

export interface BootProbeResult {
  works: boolean;
  /** Why not, or what was seen. */
  reason: string;
  milliseconds: number;
}

const OUTPUT_LIMIT_CHARACTERS = 20_000;

export async function bootProbe(options: BootProbeOptions): Promise<BootProbeResult> {
  const { qemu, image, accelerator, env, signal, timeoutMilliseconds } = options;
  signal.throwIfAborted();
  const began = performance.now();
  const settings: MachineSettings = {
    accelerator,
    memoryMiB: MINIMUM_MEMORY_MIB,
    cores: DEFAULT_CORES,
    goal: 'boot-check',
    bus: 'ide',
    program: programOf(qemu.path),
    machineVersion: null,
    paused: false,
    kernel: null,
  };
  const disks = [{ role: 'boot', path: image.path, format: 'raw' }] as const;
  const child = launchTied([qemu.path, ...terminalArguments(settings, disks)], env);
  const reader = openConsoleReader({ expectedBootCheck: image.record.expectedBootCheck });
  let output = '';
  const clock = { ranOut: false };
  const end = (): void => void child.stdin?.destroy();
  child.stdin?.on('error', () => undefined);
  child.stdout?.on('data', (bytes: Buffer) => reader.push(bytes));
  child.stderr?.on('data', (bytes: Buffer) => {
    if (output.length < OUTPUT_LIMIT_CHARACTERS) output += bytes.toString('latin1');
    // QEMU stays alive and paused after such a fault: nothing more will come.
    if (acceleratorFaultIn(output) !== null) end();
  });
  const timer = setTimeout(() => {
    clock.ranOut = true;
    end();
  }, timeoutMilliseconds);
  signal.addEventListener('abort', end);
  try {
    await closed(child);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
  signal.throwIfAborted();
  const milliseconds = Math.round(performance.now() - began);
  const fault = acceleratorFaultIn(output);
  if (fault !== null) return { works: false, reason: fault, milliseconds };
  if (clock.ranOut)
    return {
      works: false,
      reason: `the boot check came to no end in ${timeoutMilliseconds / 1000} s`,
      milliseconds,
    };
  const verdict = judge(reader.report(), {
    goal: 'boot-check',
    processEnded: true,
    stopped: false,
    qemuOutput: output.trim(),
  });
  if (verdict?.outcome === 'passed') return { works: true, reason: 'the boot check passed', milliseconds };
  const said = output.trim().split('\n').at(-1) ?? '';
  return { works: false, reason: said === '' ? (verdict?.sentence ?? 'no verdict') : said, milliseconds };
}

async function closed(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    // No shell to start: no process either.
    child.once('error', () => resolve());
  });
}
