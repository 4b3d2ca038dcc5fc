// What outlives the window runs in Seedbed's command line, under a Node of the system: taken when there is one, else said with what to install.
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCommandLine } from '../../src/main/command-line.ts';
import { DEFAULT_CONFIGURATION } from '../../src/shared/model/bootstrap-config.ts';
import type { PlaceKind } from '../../src/shared/model/host.ts';
import type { Job } from '../../src/shared/model/job.ts';
import { openClient, until, usePrograms, windowShown } from '../support/electron-stand-in/use-programs.ts';
import { sandboxMissing } from '../support/sandbox-host.ts';
import { processesIn, useTempFolders } from '../support/temp.ts';
import { compileTiny, createTinyCheckout } from '../support/tiny-root/tiny-root.ts';

const start = usePrograms();
const temp = useTempFolders();
const onLinux = test.skipIf(process.platform !== 'linux');

/** A folder with such programs, for PATH. */
async function folderWith(programs: Readonly<Record<string, string>>): Promise<string> {
  const folder = temp();
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}

async function whyNoSandbox(PATH: string): Promise<string> {
  const program = start({ home: temp(), env: { PATH } });
  await windowShown(program);
  const { client } = await openClient(program);
  const offered = await client.sandbox.list({});
  await program.act.quit();
  expect(await program.ended).toBe(0);
  return offered.map(({ detail, hint }) => `${detail} ${hint}`).join('\n');
}

onLinux('a window with a Node of the system has nothing against sandboxes', async () => {
  const folder = temp();
  await symlink(process.execPath, join(folder, 'node'));
  expect(await whyNoSandbox(folder)).not.toContain('no Node');
});

onLinux('a window without one says so, and what to install', async () => {
  const said = await whyNoSandbox(temp());
  expect(said).toContain('no Node that could run it was found');
  expect(said).toContain('Install Node 20.19 or newer');
});

const missing = sandboxMissing('bwrap');
test.skipIf(missing !== null && process.env['REQUIRE_TOOLS'] !== '1')(
  `a sandbox that was started in the window goes on when it is closed, and the next window stops it${missing === null ? '' : ` [SKIPPED: ${missing}]`}`,
  async () => {
    const root = temp();
    const home = join(root, 'home');
    const checkout = await createTinyCheckout(root, compileTiny(root), {
      first: ['fork-many 5', 'wait 600'],
    });
    const first = start({ home });
    await windowShown(first);
    const { client } = await openClient(first);
    const choose = async (kind: PlaceKind, path: string): Promise<{ place: string }> => {
      await first.act.answerDialog([path]);
      return { place: (await client.place.choose({ kind }))?.token ?? '' };
    };
    const { jobId } = await client.sandbox.start({
      in: 'bwrap',
      tree: {
        kind: 'live-bootstrap',
        goal: 'end',
        checkout: await choose('checkout', checkout.path),
        distfiles: { from: 'folder', ...(await choose('distfiles', checkout.distfiles)) },
        configuration: { ...DEFAULT_CONFIGURATION, externalSources: true },
        repo: null,
        preseed: null,
        overlays: [],
      },
    });
    let end: Job | null = null;
    for await (const job of await client.job.watch({ job: jobId })) end = job;
    expect(end?.error).toBeNull();
    const run = end?.result?.runId ?? '';
    await first.act.quit();
    expect(await first.ended).toBe(0);
    const folder = join(home, 'runs', run);
    expect((await processesIn(folder)).length).toBeGreaterThan(0);

    const second = start({ home });
    await windowShown(second);
    const again = await openClient(second);
    expect((await again.client.run.show({ run })).record).toMatchObject({ kind: 'bwrap', verdict: null });
    await again.client.run.stop({ run });
    await until(async () => (await processesIn(folder)).length === 0);
    await second.act.quit();
    expect(await second.ended).toBe(0);
  },
);

test('a Node that is too old, or does not answer, is passed over', async () => {
  const resources = temp();
  await mkdir(join(resources, 'cli'));
  const bundle = join(resources, 'cli', 'index.js');
  await writeFile(bundle, '');
  const find = async (programs: Record<string, string>): Promise<string[] | null> =>
    findCommandLine({ env: { PATH: await folderWith(programs) }, resources });
  expect(await find({ node: 'echo v20.18.3' })).toBeNull();
  expect(await find({ node: 'exit 3' })).toBeNull();
  expect(await find({ node: 'echo v18.20.0', nodejs: 'echo v22.1.0' })).toEqual([
    expect.stringMatching(/\/nodejs$/),
    bundle,
  ]);
  expect(await find({ node: 'echo v20.19.0' })).toEqual([expect.stringMatching(/\/node$/), bundle]);
});

test('none in an AppImage, whose files go with the window, nor without the built command line', async () => {
  const PATH = await folderWith({ node: 'echo v22.1.0' });
  const resources = temp();
  expect(await findCommandLine({ env: { PATH }, resources })).toBeNull();
  await mkdir(join(resources, 'cli'));
  await writeFile(join(resources, 'cli', 'index.js'), '');
  expect(await findCommandLine({ env: { PATH, APPIMAGE: '/x.AppImage' }, resources })).toBeNull();
});
