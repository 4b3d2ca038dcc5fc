// The command line as a newcomer meets it: help that teaches, and errors with a code, a cause and a next step.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

let home = '';
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'seedbed-cli-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const cli = (...args: string[]) => runCli(args, { SEEDBED_HOME: home });

describe('help', () => {
  it('shows the commands and examples, and creates no data folder', async () => {
    const elsewhere = join(home, 'untouched');
    const { code, stdout, stderr } = await runCli(['--help'], { SEEDBED_HOME: elsewhere });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const word of ['doctor', 'image', 'run', 'runs', 'log', 'serve', 'Examples:', '--goal stage0'])
      expect(stdout).toContain(word);
    await expect(rm(elsewhere, { recursive: true })).rejects.toThrow('ENOENT');
  });

  it.each([
    [['image', '--help'], 'inspect'],
    [['image', 'build', '--help'], 'DISK is never chosen for a real machine'],
    [['run', '--help'], '--accel'],
    [['runs', '--help'], 'stop'],
    [['runs', 'show', '--help'], 'attach'],
    [['log', 'explain', '--help'], 'console log'],
    [['serve', '--help'], '--port'],
  ])('%s teaches', async (args, word) => {
    const { code, stdout } = await cli(...args);
    expect(code).toBe(0);
    expect(stdout).toContain(word);
    expect(stdout).toContain('Usage: seedbed');
  });

  it('prints its version', async () => {
    const { code, stdout } = await cli('--version');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong usage ends with 2', () => {
  it.each([
    [['frobnicate']],
    [['run', '--acel', 'tcg']],
    [['run', '--accel', 'magic']],
    [['run', '--memory', 'lots']],
    [['run', '--goal', 'stage0']],
    [['run', '--image', 'x.img', '--checkout', 'y']],
    [['image', 'build', '--preset', 'nope']],
    [['image', 'build', '--overlay', 'nope']],
    [['image', 'build', '--swap', '4G']],
    [['image', 'build', '--boot-check', '--goal', 'stage0']],
    [['image', 'build', '--preset', 'quick-check', '--disk', 'sda']],
    [['image', 'inspect']],
    [['runs', 'remove']],
  ])('%s', async (args) => {
    const { code, stdout, stderr } = await cli(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error\[USAGE\]: .+\nhint: .+\n$/);
  });
});

describe('errors', () => {
  it.each([
    ['NOT_FOUND', ['log', 'explain', '/no/such/log']],
    ['RUN_NOT_FOUND', ['runs', 'show', 'nothing']],
    ['RUN_NOT_FOUND', ['runs', 'stop']],
    ['IMAGE_NOT_FOUND', ['image', 'inspect', 'nothing']],
    ['NOT_FOUND', ['image', 'build', '--checkout', '/no/such/folder', '--goal', 'stage0']],
    ['CHECKOUT_NOT_FOUND', ['image', 'build']],
  ])('%s says what happened and what to do', async (errorCode, args) => {
    const { code, stderr } = await cli(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(`error[${errorCode}]: `);
    expect(stderr).toMatch(/\nhint: .+\n$/);
    expect(stderr).not.toContain('    at ');
  });

  it('are one JSON object on stderr with --json', async () => {
    const { code, stdout, stderr } = await cli('runs', 'show', 'nothing', '--json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'RUN_NOT_FOUND',
        message: expect.any(String) as string,
        hint: expect.any(String) as string,
        data: { run: 'nothing' },
      },
    });
  });

  it('a folder that is no checkout is refused with its name', async () => {
    const { code, stderr } = await cli('image', 'build', '--checkout', home, '--goal', 'stage0');
    expect(code).toBe(1);
    expect(stderr).toContain('error[CHECKOUT_INVALID]');
    expect(stderr).toContain(home);
  });

  it('QEMU that is not there is named with the command that installs it', async () => {
    const { code, stderr } = await runCli(['run'], {
      SEEDBED_HOME: home,
      SEEDBED_QEMU: join(home, 'no-qemu'),
    });
    expect(code).toBe(1);
    expect(stderr).toContain('error[QEMU_NOT_FOUND]');
  });
});
