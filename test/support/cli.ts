// Runs the built command line as a person does: a process, its words, its exit code.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, PROJECT_ROOT } from './built.ts';

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  done: Promise<Outcome>;
  /** Resolves when stdout or stderr has said something that matches; rejects when it ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

export async function startCli(args: string[], env: Record<string, string>): Promise<Running> {
  await ensureBuilt();
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'out', 'cli', 'index.js'), ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      out[name] += text;
      for (const check of waiting) check();
    });
  }
  const done = new Promise<Outcome>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, ...out }));
  });
  return {
    child,
    done,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = pattern.exec(`${out.stderr}\n${out.stdout}`);
          if (found === null) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
        void done.then((end) =>
          reject(new Error(`it ended without saying ${String(pattern)}\n${end.stdout}\n${end.stderr}`)),
        );
      }),
  };
}

export async function runCli(args: string[], env: Record<string, string>): Promise<Outcome> {
  return (await startCli(args, env)).done;
}
