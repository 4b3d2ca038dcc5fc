// For a test file: the built window program on the stand-in for Electron. Built and bundled once; what a test started is ended after it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { afterAll, beforeAll } from 'vitest';
import type { SeedbedClient } from '../../../src/shared/contract/contract.ts';
import { ensureBuilt } from '../built.ts';
import { bundleProgram } from '../bundle.ts';
import { type ProgramOptions, runProgram, type RunningProgram } from './run-program.ts';

export type StartProgram = (options: Omit<ProgramOptions, 'standIn'>) => RunningProgram;

const BUILD_MILLISECONDS = 300_000;

/** Call in a test file's top level. The programs that its function starts are killed when the file is through, if they have not ended. */
export function usePrograms(): StartProgram {
  let folder = '';
  let standIn = '';
  const programs: RunningProgram[] = [];
  beforeAll(async () => {
    await ensureBuilt();
    folder = mkdtempSync(join(tmpdir(), 'seedbed-stand-in-'));
    standIn = await bundleProgram('electron-stand-in/electron.ts', folder);
  }, BUILD_MILLISECONDS);
  afterAll(async () => {
    for (const program of programs) await program.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return (options) => {
    const program = runProgram({ ...options, standIn });
    programs.push(program);
    return program;
  };
}

/** Wait until the program shows its window. */
export async function windowShown(program: RunningProgram): Promise<void> {
  await until(async () => (await program.act.record()).windows.some((window) => window.shown));
}

/** Ask again until it is so; the test's own time limit is the only one. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((done) => setTimeout(done, 20));
}

export interface PageLine {
  client: SeedbedClient;
  /** Which port it is, for acts. */
  index: number;
  close(): void;
}

/** The contract, as the page has it: oRPC's client over the port that it was given. */
export async function openClient(program: RunningProgram): Promise<PageLine> {
  const { port, index } = await program.openPort();
  const client: SeedbedClient = createORPCClient(new RPCLink({ port }));
  port.start();
  return { client, index, close: () => port.close() };
}
