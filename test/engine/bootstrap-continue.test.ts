// A bootstrap that goes on with what a failed run had built: its packages come off a real ext4 disk and onto the next run's second disk.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createRouter } from '../../src/engine/router/router.ts';
import { openSource } from '../../src/engine/bytes/open-source.ts';
import { openDisk } from '../../src/engine/image-reading/disk-layout.ts';
import { findFile } from '../../src/engine/results/root-disk.ts';
import type { SeedbedClient } from '../../src/shared/contract/contract.ts';
import { ImageRecord } from '../../src/shared/model/image.ts';
import type { Job } from '../../src/shared/model/job.ts';
import { bootCheckConsole } from '../support/consoles.ts';
import { defaultDistfiles, makeCheckout, sha256 } from '../support/checkout-fixture.ts';
import { makePackage, missingDiskTools, putExtDisk } from '../support/ext-disk.ts';
import { createFakeImage } from '../support/fake-image.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { scriptedRun } from '../support/scripted-data.ts';
import { useTempFolders } from '../support/temp.ts';

const missing = missingDiskTools();
const makeFolder = useTempFolders();
const makeQemu = useFakeQemu();
const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) {
    for (const run of await engine.runs.list()) await engine.runs.stop(run.id).catch(() => undefined);
    await engine.close();
  }
});

const FAILED = '20261120-1200-aaaa';
const MANIFEST =
  'build: alpha-1.0\nbuild: bash-1.0\nbuild: good-1.0\nimprove: get_network\nbuild: other-1.0\n';

async function scene(): Promise<{ client: SeedbedClient; data: string; good: Buffer; checkout: string }> {
  const root = makeFolder();
  const data = join(root, 'data');
  const good = makePackage({ 'usr/bin/good': 'a program\n' });
  const wrong = makePackage({ 'usr/bin/other': 'not what upstream names\n' });
  const digit = (one: string): string => one.repeat(64);
  const { path: checkout, distfiles } = await makeCheckout(root, {
    edit: (files) => {
      files.delete('steps/late-3.0/sources');
      files.set('steps/manifest', MANIFEST);
      for (const step of ['bash-1.0', 'good-1.0', 'other-1.0'])
        files.set(`steps/${step}/pass1.sh`, 'build it\n');
      files.set('steps/beta-2.0/sources', files.get('steps/alpha-1.0/sources') ?? '');
      files.set('steps/improve/get_network.sh', '# replaced by an overlay\n');
      files.set(
        'steps/SHA256SUMS.pkgs',
        `${sha256(good)}  good-1.0_0.tar.bz2\n${digit('2')}  other-1.0_0.tar.bz2\n`,
      );
      files.set('seed/stage0-posix/x86.answers', `${digit('a')}  x86/bin/catm\n`);
      files.set('seed/configurator.x86.checksums', `${digit('b')}  configurator\n`);
      files.set('seed/script-generator.x86.checksums', `${digit('c')}  script-generator\n`);
    },
  });
  const run = join(data, 'runs', FAILED);
  mkdirSync(join(run, 'disks'), { recursive: true });
  const fake = createFakeImage(root, 'end').record;
  const image = {
    ...fake,
    disks: [...fake.disks, { ...fake.disks[0], role: 'external', file: 'external.img' }],
  };
  writeFileSync(join(run, 'image.json'), JSON.stringify(image));
  const record = scriptedRun(FAILED, { state: 'ended', endedAt: '2026-11-20T13:00:00.000Z', goal: 'end' });
  writeFileSync(join(run, 'run.json'), JSON.stringify({ ...record, image: { ...record.image, id: null } }));
  writeFileSync(join(run, 'serial.log'), '');
  writeFileSync(join(run, 'events.jsonl'), '');
  putExtDisk(
    join(run, 'disks', 'external.img'),
    { 'external/repo/good-1.0_0.tar.bz2': good, 'external/repo/other-1.0_0.tar.bz2': wrong },
    { firstSector: 2048, sizeMiB: 16 },
  );
  const qemu = makeQemu(root, {
    end: 'stay',
    console: bootCheckConsole({ entries: [], verdict: 'passed' }).slice(0, 40),
  });
  const engine = await openEngine({
    host: { kind: 'command line', choose: null },
    env: { ...process.env, SEEDBED_QEMU: qemu },
    dataRoot: data,
  });
  engines.push(engine);
  const client: SeedbedClient = createRouterClient(createRouter(engine));
  const from = [engine.places.mint(distfiles).token];
  const place = engine.places.mint(checkout).token;
  await follow(client, (await client.distfiles.import({ checkout: { place }, from })).jobId);
  // The lists are in the image that the failed run booted: this one.
  await follow(client, (await client.bootstrap.start({ checkout: { place }, to: 'images', cores: 1 })).jobId);
  const [built] = await engine.images.list();
  writeFileSync(
    join(run, 'run.json'),
    JSON.stringify({ ...record, image: { ...record.image, id: built?.id ?? null } }),
  );
  return { client, data, good, checkout: place };
}

async function follow(client: SeedbedClient, job: string): Promise<Job> {
  let last: Job | undefined;
  for await (const snapshot of await client.job.watch({ job })) last = snapshot;
  if (last?.state !== 'done') throw new Error(JSON.stringify(last?.error));
  return last;
}

describe.skipIf(missing !== null)(
  `a bootstrap with what a failed run had built (skipped without mke2fs, tar and bzip2: ${missing ?? 'there'})`,
  () => {
    it('gives its good packages on the second disk beside all distfiles, and marks the run as assisted', async () => {
      const { client, data, good, checkout } = await scene();
      expect(defaultDistfiles().size).toBe(2);
      const { jobId } = await client.bootstrap.start({
        checkout: { place: checkout },
        continues: FAILED,
        accelerator: 'tcg',
        memoryMiB: 3072,
        cores: 1,
      });
      const { result } = await follow(client, jobId);
      const report = await client.bootstrap.report({ job: jobId });
      expect(report).toMatchObject({ sources: 'disk', preset: 'offline', mirror: null, continues: FAILED });
      const id = result?.runId ?? '';
      const { record } = await client.run.show({ run: id });
      expect(record.assisted).toEqual({ run: FAILED, packages: 1 });
      // Shown wherever a run is named.
      expect(record.image.label).toMatch(/, assisted$/);
      expect((await client.run.list({})).map((run) => [run.id === id, run.assisted])).toEqual([
        [true, true],
        [false, false],
      ]);
      const image = ImageRecord.parse(JSON.parse(readFileSync(join(data, 'runs', id, 'image.json'), 'utf8')));
      expect(image.disks.map(({ role }) => role)).toEqual(['boot', 'external']);
      expect(image.configuration?.repoPreseeded).toBe(true);
      const source = await openSource(join(data, 'runs', id, 'disks', 'external.img'));
      try {
        const { parts } = await openDisk(source);
        const reader = parts[0]?.reader;
        if (reader === null || reader === undefined) throw new Error('the second disk has no file system');
        const file = await findFile(reader, '/repo-preseeded/good-1.0_0.tar.bz2');
        const pieces: Uint8Array[] = [];
        for await (const piece of file?.read() ?? []) pieces.push(piece);
        expect(Buffer.concat(pieces).equals(good)).toBe(true);
        expect(await findFile(reader, '/repo-preseeded/other-1.0_0.tar.bz2')).toBeNull();
        expect(await findFile(reader, '/distfiles/beta-2.0.tar.xz')).not.toBeNull();
      } finally {
        await source.close();
      }
    });
  },
);
