// A fake QEMU: an executable whose console, monitor and end are written down in a scenario. It stands at the edge where the real one would be started.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { bundleProgram } from './bundle.ts';
import { bootCheckConsole } from './consoles.ts';
import { FAKE_ENTRIES } from './fake-image.ts';

/** Text that the machine prints, after so much time of printing nothing; then what happens to it, then what it waits for. Latin-1. */
export interface FakeSegment {
  text: string;
  milliseconds: number;
  events?: { name: string; data?: object; state?: string }[];
  /** Nothing more comes until this was typed, and Enter. */
  waitsFor?: string;
}

export interface FakeQemuScenario {
  version?: string;
  /** What the serial port prints, in so many pieces, each after a pause. */
  console?: string | Uint8Array;
  pieces?: number;
  pieceMilliseconds?: number;
  /** Instead of console and pieces: one after the other, faster by `speed`. */
  segments?: readonly FakeSegment[];
  speed?: number;
  /** After the console: end with a status (the default), live on like a guest that idles, or be killed by the system. */
  end?: 'exit' | 'stay' | 'killed';
  powerDown?: 'ignored' | 'ends';
  /** How long a snapshot takes. */
  saveMilliseconds?: number;
  exitStatus?: number;
  /** Written to standard error at the start. */
  stderr?: string;
  /** End with this status before anything else. */
  exitAtOnce?: number;
  ignoreQuit?: boolean;
  ignoreTerm?: boolean;
  noMonitor?: boolean;
  runState?: 'running' | 'internal-error' | 'io-error';
  /** With `-accel kvm`: fail as a broken KVM does, hang without a word, or fail in the run after a good probe, with words or without. */
  kvm?: 'broken' | 'silent' | 'broken-later' | 'paused-later';
  environmentFile?: string;
}

/** Bundle the program once for a test file: call in its top level. */
export function useFakeQemu(): (folder: string, scenario?: FakeQemuScenario) => string {
  let programs = '';
  beforeAll(async () => {
    programs = mkdtempSync(join(tmpdir(), 'seedbed-fake-qemu-'));
    await bundleProgram('fake-qemu-program.ts', programs);
  });
  afterAll(() => rmSync(programs, { recursive: true, force: true }));
  return (folder, scenario = {}) => createFakeQemu(join(programs, 'fake-qemu-program.mjs'), folder, scenario);
}

/** Write the executable into `folder`; its path goes into SEEDBED_QEMU. */
function createFakeQemu(program: string, folder: string, scenario: FakeQemuScenario): string {
  const home = join(folder, 'fake-qemu');
  mkdirSync(home, { recursive: true });
  const {
    console = bootCheckConsole({ entries: FAKE_ENTRIES, verdict: 'passed' }),
    segments,
    ...rest
  } = scenario;
  const segmentsPath = segments === undefined ? null : join(home, 'segments.json');
  if (segmentsPath !== null) writeFileSync(segmentsPath, JSON.stringify(segments));
  const consolePath = join(home, 'console');
  writeFileSync(consolePath, console);
  const scenarioPath = join(home, 'scenario.json');
  writeFileSync(scenarioPath, JSON.stringify({ ...rest, consolePath, segmentsPath }));
  const path = join(home, 'qemu');
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${program}' '${scenarioPath}' "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}
