// `runs attach` and the bell on a real terminal (a pseudo-terminal, pty(7)): what is printed, what keys do, what a changed size and the way out do.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn as spawnTerminal } from 'node-pty';
import { afterEach, describe, expect, test } from 'vitest';
import type { RunSnapshot } from '../../src/shared/model/run.ts';
import { ensureBuilt, PROJECT_ROOT } from '../support/built.ts';
import { runCli } from '../support/cli.ts';
import { createCountingImage } from '../support/counting-payload.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { qemuMissing, qemuTitle } from '../support/qemu.ts';
import { useTempFolders } from '../support/temp.ts';

const BELL = '\u0007';
const CTRL_C = '\u0003';
const CTRL_BRACKET = '\u001d';
const WAIT = { timeout: 60_000, interval: 100 };

interface Terminal {
  text: () => string;
  write: (text: string) => void;
  resize: (columns: number, rows: number) => void;
  exit: () => number | null;
  close: () => void;
}

describe.skipIf(qemuMissing() !== null)(qemuTitle('seedbed runs attach on a terminal'), () => {
  const tempFolder = useTempFolders();
  const fakeQemu = useFakeQemu();
  let env: Record<string, string> = {};
  const terminals: Terminal[] = [];
  afterEach(async () => {
    for (const terminal of terminals.splice(0)) terminal.close();
    await runCli(['runs', 'stop'], env);
  });

  /** A command in a shell, which afterwards says how the terminal is set. */
  function open(...args: string[]): Terminal {
    const cli = [process.execPath, join(PROJECT_ROOT, 'out', 'cli', 'index.js'), ...args];
    const pty = spawnTerminal(
      '/bin/sh',
      ['-c', '"$@"; s=$?; stty -a | tr ";" "\\n"; exit $s', 'sh', ...cli],
      {
        name: 'xterm-256color',
        cols: 80,
        rows: 24,
        cwd: PROJECT_ROOT,
        encoding: null,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: process.env['HOME'] ?? '',
          TERM: 'xterm-256color',
          ...env,
        },
      },
    );
    let [text, exit] = ['', null as number | null];
    pty.onData((data) => (text += data.toString('latin1')));
    pty.onExit(({ exitCode }) => (exit = exitCode));
    const terminal: Terminal = {
      text: () => text,
      write: (keys) => pty.write(keys),
      resize: (columns, rows) => pty.resize(columns, rows),
      exit: () => exit,
      close: () => {
        if (exit === null) pty.destroy();
      },
    };
    terminals.push(terminal);
    return terminal;
  }

  test('shows the console, gives keys and Ctrl-C to the machine, bears a changed size, and leaves the run alive', async () => {
    await ensureBuilt();
    const root = tempFolder();
    env = { SEEDBED_HOME: join(root, 'home') };
    const { path, record } = createCountingImage(root);
    writeFileSync(`${path}.image.json`, JSON.stringify(record));
    const started = await runCli(
      ['run', '--image', path, '--accel', 'tcg', '--memory', '256', '--detach', '--json'],
      env,
    );
    const { id } = (JSON.parse(started.stdout) as RunSnapshot).record;

    const terminal = open('runs', 'attach');
    await expect.poll(terminal.text, WAIT).toContain(`This is the console of run ${id}.`);
    await expect.poll(terminal.text, WAIT).toMatch(/count \d{4} \d{4}/);
    terminal.write('x');
    await expect.poll(terminal.text, WAIT).toContain('key x');
    terminal.resize(132, 43);
    terminal.write('y');
    await expect.poll(terminal.text, WAIT).toContain('key y');
    // Not the end of the program: the machine's.
    terminal.write(CTRL_C);
    terminal.write('z');
    await expect.poll(terminal.text, WAIT).toContain('key z');
    expect(terminal.exit()).toBeNull();

    terminal.write(CTRL_BRACKET);
    await expect.poll(terminal.exit, WAIT).toBe(0);
    expect(terminal.text()).toContain(`Left the console of run ${id}.`);
    expect(terminal.text()).toMatch(/(^|\s)icanon\s/);
    expect(terminal.text()).toMatch(/rows 43.*columns 132/s);
    const after = await runCli(['runs', 'show', '--now', '--json'], env);
    expect((JSON.parse(after.stdout) as RunSnapshot).record.state).toBe('running');

    // Once more, and the machine ends meanwhile.
    const again = open('runs', 'attach', id);
    await expect.poll(again.text, WAIT).toMatch(/count \d{4} \d{4}/);
    await runCli(['runs', 'stop', id], env);
    await expect.poll(again.exit, WAIT).toBe(0);
    expect(again.text()).toMatch(/(^|\s)icanon\s/);
  });

  test('rings while a machine waits for its user, unless that is switched off', async () => {
    await ensureBuilt();
    const root = tempFolder();
    const qemu = fakeQemu(root, { console: 'SeaBIOS (version 1.16.2)\r\nCommand: ', end: 'stay' });
    env = { SEEDBED_HOME: join(root, 'home'), SEEDBED_QEMU: qemu };
    expect((await runCli(['run', '--accel', 'tcg', '--memory', '3072', '--detach'], env)).code).toBe(0);
    const terminal = open('runs', 'attach');
    await expect.poll(terminal.text, WAIT).toContain(BELL);
    terminal.write(CTRL_BRACKET);
    await expect.poll(terminal.exit, WAIT).toBe(0);
    expect(terminal.text().split(BELL)).toHaveLength(2);

    await runCli(['settings', 'set', 'notices.sound', 'false'], env);
    const quiet = open('runs', 'show');
    await expect.poll(quiet.text, WAIT).toContain('The machine waits for input');
    // It would ring after three seconds.
    await sleep(4500);
    expect(quiet.text()).not.toContain(BELL);
  });
});
