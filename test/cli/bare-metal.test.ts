// The command line before, while and after a real machine runs: checklist, typed screen, serial port, trust report.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bannedWordsIn } from '../support/banned-words.ts';
import { runCli } from '../support/cli.ts';
import { bootCheckConsole } from '../support/consoles.ts';
import { hasPython, useFakeMachines } from '../support/pty-pair.ts';

let home = '';
let image = '';
const cli = (...args: string[]) => runCli(args, { SEEDBED_HOME: join(home, 'data') });
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'seedbed-bare-metal-'));
  const built = await cli('image', 'build', '--boot-check', '--json');
  image = (JSON.parse(built.stdout) as { id: string }).id;
}, 180_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('before and after', () => {
  it('prints the checklist of an image, and writes it for print', async () => {
    const { stdout, code } = await cli('image', 'checklist', image, '--boot-on', 'usb');
    expect(code).toBe(0);
    expect(stdout).toContain('☐ Switch legacy boot on');
    const file = join(home, 'checklist.html');
    expect((await cli('image', 'checklist', image, '--html', file)).stdout).toContain(file);
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('explains a typed screen, held against the image, with an exit code for scripts', async () => {
    const file = join(home, 'screen.txt');
    writeFileSync(file, 'verdlct: pased\n');
    const passed = await cli('log', 'explain-screen', file, '--image', image);
    expect(passed).toMatchObject({ code: 0 });
    expect(passed.stdout).toContain('taken for: verdict: passed');
    writeFileSync(file, 'verdict: failed a20\n');
    expect((await cli('log', 'explain-screen', file)).code).toBe(1);
  });

  it('reports what an image rests on, with a script', async () => {
    const file = join(home, 'verify.sh');
    const { stdout, code } = await cli('trust', 'report', image);
    expect(code).toBe(0);
    expect(stdout).toContain('7. How to do it again without Seedbed');
    expect(bannedWordsIn(stdout)).toEqual([]);
    await cli('trust', 'report', image, '--script', file);
    expect(readFileSync(file, 'utf8')).toMatch(/^#!\/bin\/sh\n/);
    const none = await cli('trust', 'report', 'nothing-of-that-name');
    expect(none.stderr).toContain('error[RUN_NOT_FOUND]');
  });
});

describe.skipIf(!hasPython)('a real machine (python3 makes its port)', () => {
  const plugIn = useFakeMachines();

  it('is listened to by a process of its own, judged, and reported on', async () => {
    const port = join(home, 'port');
    const machine = await plugIn(port);
    const attached = await cli('runs', 'attach', '--serial', port, '--image', image, '--json');
    const { runId } = JSON.parse(attached.stdout) as { runId: string };
    const record = JSON.parse(readFileSync(join(home, 'data', 'images', image, 'image.json'), 'utf8')) as {
      expectedBootCheck: { path: string; sizeBytes: number; crc32: string }[];
    };
    machine.print(bootCheckConsole({ entries: record.expectedBootCheck, verdict: 'passed' }));
    const shown = await cli('runs', 'show', runId);
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.stdout).toContain('The boot check passed');
    const { stdout } = await cli('trust', 'report', runId);
    expect(stdout).toContain('another computer, heard over its serial port');
    expect(stdout).toMatch(/(\d+) of \1 entries were read equal to what the image holds/);
  });

  it('says which ports there are when the one that was named is not', async () => {
    const { stderr, code } = await cli('runs', 'attach', '--serial', '/dev/ttyUSB99');
    expect(code).toBe(1);
    expect(stderr).toContain('error[SERIAL_PORT_NOT_FOUND]: There is no serial port /dev/ttyUSB99.');
  });
});
