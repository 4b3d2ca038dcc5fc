// Flashing through the contract, with the real helper on loop devices: plan, the host's question, writing, record, comparing later, going on after a cut.
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { describe, expect, test } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import type { AskBeforeFlash } from '../../src/engine/flash/flash.ts';
import { createRouter } from '../../src/engine/router/router.ts';
import type { SeedbedClient } from '../../src/shared/contract/contract.ts';
import { ImageRecord } from '../../src/shared/model/image.ts';
import type { FlashQuestion } from '../../src/shared/model/flash.ts';
import type { Job } from '../../src/shared/model/job.ts';
import { ensureBuilt } from '../support/built.ts';
import { type LoopDevice, loopMissing, loopTitle, run, useLoopDevices } from '../support/loop-devices.ts';
import { buildBootCheck } from '../support/qemu.ts';
import { useTempFolders } from '../support/temp.ts';

const MIB = 1024 * 1024;

describe.skipIf(loopMissing() !== null)(loopTitle('flashing loop devices'), () => {
  const tempFolder = useTempFolders();
  const makeLoop = useLoopDevices();

  interface Scene {
    engine: Engine;
    client: SeedbedClient;
    loop: LoopDevice;
    image: string;
    asked: FlashQuestion[];
  }

  async function withScene(
    work: (scene: Scene) => Promise<void>,
    ask: AskBeforeFlash = ({ drives }) =>
      Promise.resolve({
        state: 'yes',
        typed: drives.map(({ confirmation: one }) => (one.kind === 'typed' ? one.text : '')),
      }),
    kind: 'window' | 'browser' = 'window',
  ): Promise<void> {
    await ensureBuilt();
    const folder = tempFolder();
    const asked: FlashQuestion[] = [];
    const engine = await openEngine({
      host: {
        kind,
        choose: null,
        askBeforeFlash: (question, code) => {
          asked.push(question);
          return ask(question, code);
        },
      },
      env: { ...process.env, SEEDBED_HOME: join(folder, 'home') },
    });
    try {
      const client: SeedbedClient = createRouterClient(createRouter(engine));
      const { path: image } = await buildBootCheck(folder);
      await work({ engine, client, image, asked, loop: makeLoop(folder, 16 * MIB) });
    } finally {
      await engine.close();
    }
  }

  async function token({ client, engine, image, loop }: Scene, typed: string[] = []): Promise<string> {
    const plan = await client.flash.plan({
      image: { place: engine.places.mint(image).token },
      drives: [loop.path],
    });
    const answer = await client.flash.confirm({ plan: plan.id, typed });
    if (answer.state !== 'confirmed') throw new Error(answer.state);
    return answer.token;
  }

  async function end({ client }: Scene, jobId: string): Promise<Job | undefined> {
    const jobs: Job[] = [];
    for await (const job of await client.job.watch({ job: jobId })) jobs.push(job);
    return jobs.at(-1);
  }

  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'accepted',
      (error: unknown) => (error as { data?: { code?: string } }).data?.code ?? error,
    );

  test('the host is asked, the drive holds the image, a record says so, and the drive can be compared later', async () => {
    await withScene(async (scene) => {
      const { client, loop, image, asked } = scene;
      const { jobId } = await client.flash.start({ token: await token(scene), eject: false, resume: false });
      expect(await end(scene, jobId)).toMatchObject({ state: 'done', error: null });
      const bytes = readFileSync(image);
      expect(readFileSync(loop.path).subarray(0, bytes.length).equals(bytes)).toBe(true);
      expect(asked[0]?.lines[0]).toContain(loop.path);

      const [summary] = await client.flash.report({ job: jobId });
      expect(summary).toMatchObject({ state: 'written', verifiedBytes: bytes.length, failure: null });
      const id = summary?.id ?? '';
      const record = await client.flash.record({ id });
      expect(record.chunks.length).toBeGreaterThan(0);
      expect(await client.flash.records({})).toEqual([summary]);

      const verify = async (
        against: Parameters<SeedbedClient['flash']['verify']>[0]['against'],
      ): Promise<unknown> => {
        const job = await client.flash.verify({ drive: loop.path, against });
        expect(await end(scene, job.jobId)).toMatchObject({ state: 'done' });
        return client.flash.verification({ job: job.jobId });
      };
      const elsewhere = join(tempFolder(), 'flash.json');
      copyFileSync(scene.engine.flash.recordPath(id), elsewhere);
      const place = scene.engine.places.mint(image).token;
      const recordFile = scene.engine.places.mint(elsewhere).token;
      for (const against of [{ record: id }, { recordFile }, { image: { place } }])
        expect(await verify(against)).toMatchObject({ equal: true, verifiedBytes: bytes.length });
      const changed = readFileSync(loop.backing);
      changed[100] = (changed[100] ?? 0) ^ 1;
      writeFileSync(loop.backing, changed);
      expect(await verify({ image: { place } })).toMatchObject({
        equal: false,
        offsetBytes: 100,
        badChunks: [0],
      });
      expect(await verify({ record: id })).toMatchObject({ equal: false, offsetBytes: 0, badChunks: [0] });
    });
  });

  test('two disks go to two drives, the one that starts last; too few drives, or one twice, are refused', async () => {
    await withScene(async (scene) => {
      const { client, engine, image, loop } = scene;
      const folder = tempFolder();
      const other = makeLoop(folder, 16 * MIB);
      // A second disk beside the first, as a bare-metal set has it.
      const recordPath = join(image, '..', 'image.json');
      const record = ImageRecord.parse(JSON.parse(readFileSync(recordPath, 'utf8')));
      const second = { ...record.disks[0], role: 'external', file: 'external.img' };
      writeFileSync(recordPath, JSON.stringify({ ...record, disks: [record.disks[0], second] }));
      copyFileSync(image, join(image, '..', 'external.img'));
      const place = engine.places.mint(image).token;
      const plan = (...drives: string[]) => client.flash.plan({ image: { place }, drives });
      expect(await codeOf(plan(loop.path))).toBe('FLASH_TARGETS');
      expect(await codeOf(plan(loop.path, loop.path))).toBe('FLASH_TARGETS');
      const planned = await plan(loop.path, other.path);
      expect(planned.targets.map(({ role, drive }) => [role, drive.drive.path])).toEqual([
        ['external', other.path],
        ['boot', loop.path],
      ]);
      const answer = await client.flash.confirm({ plan: planned.id, typed: [] });
      if (answer.state !== 'confirmed') throw new Error(answer.state);
      const { jobId } = await client.flash.start({ token: answer.token, eject: false, resume: false });
      expect(await end(scene, jobId)).toMatchObject({ state: 'done' });
      const records = await client.flash.report({ job: jobId });
      expect(records.map(({ state, image: one }) => [state, one.role])).toEqual([
        ['written', 'external'],
        ['written', 'boot'],
      ]);
      for (const { path } of [loop, other]) expect(readFileSync(path)[510]).toBe(0x55);
    });
  });

  test('a writing whose process is gone was cut off, and is gone on with', async () => {
    await withScene(async (scene) => {
      const { client, engine, image, loop } = scene;
      const { jobId } = await client.flash.start({ token: await token(scene), eject: false, resume: false });
      await end(scene, jobId);
      const [{ id } = { id: '' }] = await client.flash.records({});
      const path = engine.flash.recordPath(id);
      const record = JSON.parse(readFileSync(path, 'utf8')) as object;
      const gone = { pid: 2 ** 22 + 1, startedTicks: '1' };
      writeFileSync(path, JSON.stringify({ ...record, state: 'writing', writer: gone, writtenUpTo: 1 }));
      expect(await client.flash.records({})).toMatchObject([
        { state: 'failed', failure: { code: 'CUT_OFF' } },
      ]);
      const place = engine.places.mint(image).token;
      expect((await client.flash.plan({ image: { place }, drives: [loop.path] })).resumable).toEqual([1]);
    });
  });

  test('a token works once, and a plan is confirmed once', async () => {
    await withScene(async (scene) => {
      const { client, engine, image, loop } = scene;
      const once = await token(scene);
      const { jobId } = await client.flash.start({ token: once, eject: false, resume: false });
      expect(await codeOf(client.flash.start({ token: once, eject: false, resume: false }))).toBe(
        'FLASH_PLAN_UNKNOWN',
      );
      await end(scene, jobId);
      expect(await codeOf(client.flash.start({ token: 'token-0', eject: false, resume: false }))).toBe(
        'FLASH_PLAN_UNKNOWN',
      );
      const plan = await client.flash.plan({
        image: { place: engine.places.mint(image).token },
        drives: [loop.path],
      });
      await client.flash.confirm({ plan: plan.id, typed: [] });
      expect(await codeOf(client.flash.confirm({ plan: plan.id, typed: [] }))).toBe('FLASH_PLAN_UNKNOWN');
    });
  });

  test('a drive that was exchanged between confirmation and writing is not written', async () => {
    await withScene(async (scene) => {
      const confirmed = await token(scene);
      const before = readFileSync(scene.loop.backing);
      run('losetup', ['--detach', scene.loop.path]);
      run('losetup', [scene.loop.path, scene.loop.backing]);
      const { jobId } = await scene.client.flash.start({ token: confirmed, eject: false, resume: false });
      const job = await end(scene, jobId);
      // Its id tells the media apart already where a drive has no serial number.
      expect(['FLASH_IDENTITY_CHANGED', 'DRIVE_NOT_FOUND']).toContain(job?.error?.code);
      expect(readFileSync(scene.loop.backing).equals(before)).toBe(true);
    });
  });

  test('an image that is not what its record says is not planned; one that changes after it is not written', async () => {
    await withScene(async (scene) => {
      const { client, engine, image, loop } = scene;
      const confirmed = await token(scene);
      const bytes = readFileSync(image);
      bytes[3] = (bytes[3] ?? 0) ^ 1;
      writeFileSync(image, bytes);
      const { jobId } = await client.flash.start({ token: confirmed, eject: false, resume: false });
      expect((await end(scene, jobId))?.error?.code).toBe('FLASH_IMAGE_DIFFERS');
      expect(
        readFileSync(loop.path)
          .subarray(0, MIB)
          .every((byte) => byte === 0),
      ).toBe(true);
      const plan = client.flash.plan({
        image: { place: engine.places.mint(image).token },
        drives: [loop.path],
      });
      expect(await codeOf(plan)).toBe('FLASH_IMAGE_DIFFERS');
    });
  });

  test('who says no, and a host that may not write drives, end it', async () => {
    await withScene(
      async (scene) => {
        const { client, engine, image, loop } = scene;
        const place = engine.places.mint(image).token;
        const plan = await client.flash.plan({ image: { place }, drives: [loop.path] });
        expect(await client.flash.confirm({ plan: plan.id, typed: [] })).toEqual({ state: 'declined' });
        expect(await codeOf(client.flash.confirm({ plan: plan.id, typed: [] }))).toBe('FLASH_PLAN_UNKNOWN');
      },
      () => Promise.resolve({ state: 'no' }),
    );
    await withScene(
      async ({ client, engine, image, loop, asked }) => {
        const place = engine.places.mint(image).token;
        const plan = await client.flash.plan({ image: { place }, drives: [loop.path] });
        expect(await codeOf(client.flash.confirm({ plan: plan.id, typed: [] }))).toBe('FLASH_NOT_ALLOWED');
        expect(asked).toEqual([]);
      },
      () => Promise.resolve({ state: 'yes', typed: null }),
      'browser',
    );
  });

  test('a drive that must be typed is not confirmed by another word', async () => {
    await withScene(
      async (scene) => {
        const { client, engine, image, loop } = scene;
        // Larger than 256 GB: the rules ask for a word. A hole takes no room.
        run('truncate', ['--size=300G', loop.backing]);
        run('losetup', ['--set-capacity', loop.path]);
        const place = engine.places.mint(image).token;
        const plan = async (): Promise<string> =>
          (await client.flash.plan({ image: { place }, drives: [loop.path] })).id;
        const asked = (await client.flash.plan({ image: { place }, drives: [loop.path] })).targets[0]?.drive
          .confirmation;
        expect(asked?.kind).toBe('typed');
        const word = asked?.kind === 'typed' ? asked.text : '';
        expect(await codeOf(client.flash.confirm({ plan: await plan(), typed: ['yes'] }))).toBe(
          'FLASH_NOT_CONFIRMED',
        );
        expect(await client.flash.confirm({ plan: await plan(), typed: [word] })).toMatchObject({
          state: 'confirmed',
        });
      },
      () => Promise.resolve({ state: 'yes', typed: null }),
    );
  });

  test('a drive that holds the image’s own file is refused in the plan', async () => {
    await withScene(async ({ client, engine, image }) => {
      const same = makeLoopOver(image);
      try {
        const plan = client.flash.plan({ image: { place: engine.places.mint(image).token }, drives: [same] });
        expect(await codeOf(plan)).toBe('FLASH_REFUSED');
      } finally {
        run('losetup', ['--detach', same]);
      }
    });
  });

  const makeLoopOver = (path: string): string => run('losetup', ['--find', '--show', path]).trim();

  test('cancelled, then resumed: what is there is kept, and the record of each try stands', async () => {
    await withScene(async (scene) => {
      const { client, engine, loop } = scene;
      const { jobId } = await client.flash.start({ token: await token(scene), eject: false, resume: false });
      expect((await client.job.cancel({ job: jobId })).state).toMatch(/cancelled|done/);
      const again = await client.flash.start({ token: await token(scene), eject: true, resume: true });
      expect(await end(scene, again.jobId)).toMatchObject({ state: 'done' });
      const records = await client.flash.records({});
      expect(records[0]).toMatchObject({
        state: 'written',
        ejectProblem: expect.stringContaining('loop') as string,
      });
      expect(existsSync(engine.flash.recordPath(records[0]?.id ?? ''))).toBe(true);
      expect(readFileSync(loop.path)[510]).toBe(0x55);
    });
  });
});
