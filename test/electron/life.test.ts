// The window program from start to end: one instance, quitting, and what goes on without it.
import { existsSync } from 'node:fs';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Job } from '../../src/shared/model/job.ts';
import type { RunRecord } from '../../src/shared/model/run.ts';
import { PROJECT_ROOT } from '../support/built.ts';
import { openClient, until, usePrograms, windowShown } from '../support/electron-stand-in/use-programs.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { processesIn, useTempFolders } from '../support/temp.ts';

const start = usePrograms();
const temp = useTempFolders();
const fakeQemu = useFakeQemu();

test('a second instance ends at once, with no window and nothing written', async () => {
  const home = join(temp(), 'home');
  const program = start({ home, setup: { firstInstance: false } });
  expect(await program.ended).toBe(0);
  expect({ written: existsSync(home), said: program.stderr() }).toEqual({ written: false, said: '' });
});

test('the first instance comes forward when a second one was started', async () => {
  const program = start({ home: temp() });
  await windowShown(program);
  await program.act.secondInstance();
  const { windows } = await program.act.record();
  expect(windows.map(({ focused }) => focused)).toEqual([1]);
  await program.kill();
});

test('closing the window ends the program', async () => {
  const program = start({ home: temp() });
  await windowShown(program);
  await program.act.closeWindows();
  expect(await program.ended).toBe(0);
  expect(program.stderr()).toBe('');
});

test('closing the window before its page is there is no failure', async () => {
  const program = start({ home: temp(), setup: { holdLoading: true } });
  await until(async () => (await program.act.record()).windows.length === 1);
  await program.act.closeWindows();
  expect(await program.ended).toBe(0);
  expect(program.stderr()).toBe('');
});

test('a data folder that cannot be had is said in a box, with what to do and without a stack, and the program ends with 1', async () => {
  const file = join(temp(), 'file');
  await writeFile(file, '');
  const program = start({ home: join(file, 'home') });
  expect(await program.ended).toBe(1);
  expect(program.stderr()).toMatch(/^Seedbed could not start: .*\n\n.+\n\n\([A-Z_]+\)\n$/);
  expect(program.stderr()).toContain(join(file, 'home'));
});

test('a link that the system cannot open harms nothing', async () => {
  const program = start({ home: temp(), setup: { noBrowser: true } });
  await windowShown(program);
  await program.act.openWindow('https://github.com/');
  const { openedExternally } = await program.act.record();
  expect({ openedExternally, said: program.stderr() }).toEqual({
    openedExternally: ['https://github.com/'],
    said: '',
  });
  await program.kill();
});

test('a packaged program takes the boot check from its resources', async () => {
  const resourcesPath = temp();
  const program = start({ home: temp(), setup: { isPackaged: true, resourcesPath } });
  await windowShown(program);
  const { client } = await openClient(program);
  const build = async () => {
    const { jobId } = await client.image.build({ spec: { kind: 'boot-check' } });
    let end: Job | null = null;
    for await (const job of await client.job.watch({ job: jobId })) end = job;
    return end;
  };
  expect((await build())?.error).toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining(resourcesPath) as string,
  });
  await symlink(join(PROJECT_ROOT, 'resources', 'boot-check'), join(resourcesPath, 'boot-check'));
  expect((await build())?.state).toBe('done');
  await program.kill();
});

test('quitting closes the engine and leaves the run alive; the next start has it again; the computer is kept awake while it runs', async () => {
  const home = temp();
  // A guest that prints nothing more and lives on.
  const env = { SEEDBED_QEMU: fakeQemu(home, { console: 'SeaBIOS\n', end: 'stay' }) };
  const first = start({ home, env });
  await windowShown(first);
  const { client } = await openClient(first);
  const blockers = async (program: typeof first): Promise<string[]> => (await program.act.record()).blockers;
  expect(await blockers(first)).toEqual([]);
  const run = await startRun(client);
  await until(async () => (await blockers(first)).length > 0);
  expect(await blockers(first)).toEqual(['prevent-app-suspension']);

  await first.act.quit();
  expect(await first.ended).toBe(0);
  expect(first.stderr()).toBe('');
  // Given up by the engine as it closed, not taken from a dead process.
  expect(await newestClaim(join(home, 'runs', run))).toEqual({ owner: null });
  const record = JSON.parse(await readFile(join(home, 'runs', run, 'run.json'), 'utf8')) as RunRecord;
  expect(record.verdict).toBeNull();
  expect((await processesIn(join(home, 'runs', run))).map(({ pid }) => pid)).toContain(record.process?.pid);

  const second = start({ home, env });
  await windowShown(second);
  const again = await openClient(second);
  expect((await again.client.run.list({})).map(({ id }) => id)).toEqual([run]);
  await until(async () => (await blockers(second)).length === 1);
  await again.client.run.stop({ run });
  await until(async () => (await blockers(second)).length === 0);
  expect(await processesIn(join(home, 'runs', run))).toEqual([]);
  await second.act.quit();
  expect(await second.ended).toBe(0);
});

test('the desktop tells of a run that ended while nobody looked; a click leads to it', async () => {
  const home = temp();
  const program = start({ home, env: { SEEDBED_QEMU: fakeQemu(home) } });
  await windowShown(program);
  const { client } = await openClient(program);
  const run = await startRun(client);
  const told = async () => (await program.act.record()).notifications;
  await until(async () => (await told()).length > 0);
  expect(await told()).toEqual([
    {
      title: expect.stringMatching(/^A run (passed|failed): /) as string,
      body: (await client.run.show({ run })).now,
    },
  ]);
  await program.act.clickNotification(0);
  const first = async () => (await program.act.record()).windows[0];
  await until(async () => (await first())?.url === `app://seedbed/#/runs/${run}`);
  expect((await first())?.focused).toBe(1);
  await program.kill();
});

async function startRun(client: Awaited<ReturnType<typeof openClient>>['client']): Promise<string> {
  const { jobId } = await client.run.start({
    image: { build: { kind: 'boot-check' } },
    accelerator: 'tcg',
    memoryMiB: 4096,
    cores: 1,
  });
  for await (const job of await client.job.watch({ job: jobId })) {
    if (job.error !== null) throw new Error(`${job.error.code}: ${job.error.message}`);
    const runId = job.result?.runId ?? null;
    if (runId !== null) return runId;
  }
  throw new Error('the job ended without a run');
}

async function newestClaim(folder: string): Promise<unknown> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('watcher-')).sort();
  return JSON.parse(await readFile(join(folder, names.at(-1) ?? ''), 'utf8'));
}
