// Hosts as processes of their own, for tests that kill them.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { bundleProgram } from './bundle.ts';

export interface HostProcess {
  /** Lines that it has printed so far. */
  lines: string[];
  /** Wait for a line that begins so; the rest of it. */
  saw(start: string): Promise<string>;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

/** Call in a test file's top level: gives a function that starts hosts; what still lives after a test is killed. */
export function useHostProcesses(): (root: string, qemu: string, task: string) => HostProcess {
  let programs = '';
  const running: HostProcess[] = [];
  beforeAll(async () => {
    programs = mkdtempSync(join(tmpdir(), 'seedbed-host-'));
    await bundleProgram('run-host-program.ts', programs);
  });
  afterEach(async () => {
    for (const host of running.splice(0)) await host.kill();
  });
  afterAll(() => rmSync(programs, { recursive: true, force: true }));
  return (root, qemu, task) => {
    const child = spawn(process.execPath, [join(programs, 'run-host-program.mjs'), root, qemu, task], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const host = hostOf(child);
    running.push(host);
    return host;
  };
}

function hostOf(child: ChildProcess & { stdout: NodeJS.ReadableStream }): HostProcess {
  const lines: string[] = [];
  let check = (): void => undefined;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    check();
  });
  return {
    lines,
    saw: (start) =>
      new Promise((resolve) => {
        check = () => {
          const line = lines.find((one) => one.startsWith(start));
          if (line !== undefined) resolve(line.slice(start.length).trim());
        };
        check();
      }),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    signal: (name) => void child.kill(name),
  };
}
