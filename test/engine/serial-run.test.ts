// A real machine behind a serial port: captured by a process that outlives its host, followed, typed at, unplugged and plugged in again.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Runs } from '../../src/engine/run/runs.ts';
import type { RunSnapshot } from '../../src/shared/model/run.ts';
import { bootCheckConsole } from '../support/consoles.ts';
import { bundleProgram } from '../support/bundle.ts';
import { createFakeImage, FAKE_ENTRIES } from '../support/fake-image.ts';
import { hasPython, useFakeMachines } from '../support/pty-pair.ts';
import { isSeedbedError } from '../../src/shared/errors.ts';
import { readWholeLog, useRunHosts, watchToEnd } from '../support/run-host.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const openHost = useRunHosts();
const plugIn = useFakeMachines();
const programs = mkdtempSync(join(tmpdir(), 'seedbed-programs-'));
let command: string[] = [];

beforeAll(async () => {
  command = [process.execPath, await bundleProgram('serial-capture-program.ts', programs)];
}, 60_000);
afterAll(() => rmSync(programs, { recursive: true, force: true }));

const BAUD = 115_200;
const PASSED = bootCheckConsole({ entries: FAKE_ENTRIES, verdict: 'passed' });

function codeOf(error: unknown): unknown {
  return isSeedbedError(error) ? error.code : error;
}

async function until(runs: Runs, id: string, isSo: (snapshot: RunSnapshot) => boolean): Promise<RunSnapshot> {
  for (;;) {
    const snapshot = await runs.show(id);
    if (isSo(snapshot)) return snapshot;
    await sleep(50);
  }
}

it.runIf(process.env['REQUIRE_TOOLS'] === '1')('has python3, which makes the ports of these tests', () => {
  expect(hasPython).toBe(true);
});

describe.skipIf(!hasPython)('a serial run (python3 makes its port)', () => {
  it('passes when the boot check says so, with every byte of the port in its log', async () => {
    const root = tempFolder();
    const device = join(root, 'port');
    const machine = await plugIn(device);
    const runs = await openHost({ root, command });
    const { id, goal } = await runs.attachSerial({ device, baud: BAUD, image: createFakeImage(root) });
    expect(goal).toBe('boot-check');
    machine.print(PASSED);
    const last = (await watchToEnd(runs, id)).at(-1);
    expect(last?.record).toMatchObject({
      kind: 'serial',
      state: 'ended',
      qemu: null,
      serial: { device, baud: BAUD, imageNamed: true },
      verdict: { outcome: 'passed' },
    });
    expect(last?.report.bootCheck?.compared).toBe(true);
    expect(await readWholeLog(runs, id)).toBe(PASSED);
  });

  it('finds out by itself what the machine boots when nobody said it', async () => {
    const root = tempFolder();
    const device = join(root, 'port');
    const machine = await plugIn(device);
    const runs = await openHost({ root, command });
    const { id, goal } = await runs.attachSerial({ device, baud: BAUD, image: null });
    expect(goal).toBe('end');
    machine.print(PASSED);
    const last = (await watchToEnd(runs, id)).at(-1);
    expect(last?.record).toMatchObject({ goal: 'boot-check', verdict: { outcome: 'passed' } });
    expect(last?.report.bootCheck?.compared).toBe(false);
  });

  it('sends what is typed to the machine, and is stopped without touching it', async () => {
    const root = tempFolder();
    const device = join(root, 'port');
    const machine = await plugIn(device);
    const runs = await openHost({ root, command });
    const { id } = await runs.attachSerial({ device, baud: BAUD, image: null });
    await runs.type(id, 'e\r');
    while (machine.typed() !== 'e\r') await sleep(20);
    await expect(runs.pause(id)).rejects.toSatisfy((error) => codeOf(error) === 'MACHINE_REFUSED');
    const { record } = await runs.stop(id);
    expect(record).toMatchObject({ stoppedBy: 'SIGTERM', verdict: { outcome: 'stopped' } });
    expect(record.verdict?.sentence).toContain('The real machine was not touched');
  });

  it('says when the port is pulled, and goes on when it is back', async () => {
    const root = tempFolder();
    const device = join(root, 'port');
    const runs = await openHost({ root, command });
    const first = await plugIn(device);
    const { id } = await runs.attachSerial({ device, baud: BAUD, image: null });
    first.print('before\r\n');
    await until(runs, id, ({ logBytes }) => logBytes === 8);
    await first.unplug();
    const away = await until(runs, id, ({ record }) => record.hold !== null);
    expect(away.record.hold?.by).toBe('port');
    expect(away.now).toContain('Plug it in again');
    await expect(runs.type(id, 'x')).rejects.toSatisfy((error) => codeOf(error) === 'CONSOLE_BUSY');
    const second = await plugIn(device);
    await until(runs, id, ({ record }) => record.hold === null);
    second.print('after\r\n');
    await until(runs, id, ({ logBytes }) => logBytes === 15);
    expect(await readWholeLog(runs, id)).toBe('before\r\nafter\r\n');
    const told = (await runs.events(id)).map(({ kind, text }) => `${kind} ${text}`).join('\n');
    expect(told).toContain('paused The port');
    expect(told).toContain('What the machine said meanwhile is lost.');
    await runs.stop(id);
  });

  it('goes on without its host, and another one misses nothing', async () => {
    const root = tempFolder();
    const device = join(root, 'port');
    const machine = await plugIn(device);
    const first = await openHost({ root, command });
    const { id } = await first.attachSerial({ device, baud: BAUD, image: createFakeImage(root) });
    await first.close();
    machine.print(PASSED);
    const log = join(root, 'data', 'runs', id, 'serial.log');
    while (readFileSync(log, 'utf8') !== PASSED) await sleep(20);
    const second = await openHost({ root, command: null });
    const last = (await watchToEnd(second, id)).at(-1);
    expect(last?.record.verdict?.outcome).toBe('passed');
  });

  it('refuses what is no port, what is not there, and a port that is read already', async () => {
    const root = tempFolder();
    const device = join(root, 'port');
    await plugIn(device);
    const runs = await openHost({ root, command });
    const refusal = (path: string): Promise<unknown> =>
      runs.attachSerial({ device: path, baud: BAUD, image: null }).catch(codeOf);
    writeFileSync(join(root, 'file'), '');
    expect(await refusal(join(root, 'file'))).toBe('SERIAL_NOT_A_PORT');
    expect(await refusal(join(root, 'nothing'))).toBe('SERIAL_PORT_NOT_FOUND');
    const { id } = await runs.attachSerial({ device, baud: BAUD, image: null });
    expect(await refusal(device)).toBe('SERIAL_PORT_IN_USE');
    expect((await runs.list()).map((run) => run.id)).toEqual([id]);
    const without = await openHost({ root, command: null });
    await expect(without.attachSerial({ device, baud: BAUD, image: null })).rejects.toSatisfy(
      (error) => codeOf(error) === 'SERIAL_UNAVAILABLE',
    );
    await runs.stop(id);
  });
});
