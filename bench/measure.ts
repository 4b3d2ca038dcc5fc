// Timing: whole processes, from start to exit, in alternating rounds, so that what else the machine does hits both sides alike.
import { spawn } from 'node:child_process';

export interface Finished {
  milliseconds: number;
  stdout: string;
}

/** Run a program to its end. Rejects with its own words when it fails. */
export async function timeProgram(program: string, args: readonly string[], cwd?: string): Promise<Finished> {
  const began = performance.now();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const out = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (out[name] += text));
  return new Promise((done, fail) => {
    let milliseconds = 0;
    child.once('error', fail);
    child.once('exit', () => (milliseconds = performance.now() - began));
    child.once('close', (code) => {
      if (code === 0) done({ milliseconds, stdout: out.stdout });
      else fail(new Error(`${program} ended with ${String(code)}\n${out.stderr}`));
    });
  });
}

/**
 * Measures each in turn, `rounds` times, after one round that only warms caches. Gives what each measured, by round. Each round begins with another
 * one: what a measure leaves behind (memory that the host of a virtual machine has to give back first, say) is paid by the next, and that
 * must not be the same one always.
 */
export async function alternate<T>(rounds: number, measures: readonly (() => Promise<T>)[]): Promise<T[][]> {
  const results: T[][] = measures.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const turn of measures.keys()) {
      const index = (turn + round) % measures.length;
      const result = await measures[index]?.();
      if (round > 0 && result !== undefined) results[index]?.push(result);
    }
  }
  return results;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle - 1)] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
