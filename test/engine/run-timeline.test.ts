// What a run leaves of its steps and times: a whole bootstrap by a QEMU that is made up, what the next run learns from it, a step as the goal.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildImage, recordPathFor } from '../../src/engine/image/build.ts';
import { openLogTimes } from '../../src/engine/run/log-times.ts';
import type { Goal } from '../../src/shared/model/console.ts';
import { StepList } from '../../src/shared/model/timeline.ts';
import { bootstrapConsole, bootstrapSegments } from '../support/bootstrap-consoles.ts';
import { bootstrapRequest } from '../support/build-request.ts';
import { makeCheckout } from '../support/checkout-fixture.ts';
import { createFakeImage } from '../support/fake-image.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { useRunHosts, watchToEnd } from '../support/run-host.ts';
import { quietContext, startRequest } from '../support/run-settings.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const openHost = useRunHosts();
const fakeQemu = useFakeQemu();

describe('a whole bootstrap', () => {
  const segments = bootstrapSegments({ millisecondsOf: () => 10 });

  test('of 170 builds passes, has a time for every build, and teaches the next run', async () => {
    const root = tempFolder();
    const runs = await openHost({ root, qemu: fakeQemu(root, { segments }) });
    const image = createFakeImage(root, 'end');
    const first = await runs.start(startRequest(root, { goal: 'end', image }), quietContext);
    const last = (await watchToEnd(runs, first.id)).at(-1);
    expect(last?.record.verdict).toMatchObject({ outcome: 'passed', goal: 'end' });
    expect(last?.outlook).toBeNull();
    const timeline = await runs.timeline(first.id);
    const builds = timeline.steps.filter(({ directive }) => directive === 'build');
    expect(builds).toHaveLength(170);
    for (const { id, state, startedAt, endedAt, milliseconds } of builds) {
      expect([id, state]).toEqual([id, 'done']);
      expect(startedAt?.uncertainMilliseconds).toBeLessThan(5000);
      expect(endedAt).not.toBeNull();
      expect(milliseconds).not.toBeNull();
    }
    const starts = builds.map(({ startedAt }) => Date.parse(startedAt?.at ?? ''));
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    const whole = timeline.stages.reduce((sum, { milliseconds }) => sum + (milliseconds ?? 0), 0);
    expect(whole).toBeLessThanOrEqual((last?.elapsedMilliseconds ?? 0) + 100);
    expect(whole).toBeGreaterThan((last?.elapsedMilliseconds ?? 0) / 2);

    // A host that finds no kept timeline makes it from the log and its times.
    rmSync(join(root, 'data', 'runs', first.id, 'timeline.json'));
    expect(await runs.timeline(first.id)).toEqual(timeline);
    writeFileSync(join(root, 'data', 'runs', first.id, 'timeline.json'), JSON.stringify(timeline));

    const half = segments.slice(0, segments.length / 2);
    fakeQemu(root, { segments: half, end: 'stay' });
    const second = await runs.start(startRequest(root, { goal: 'end', image }), quietContext);
    for await (const snapshot of runs.watch(second.id)) {
      if (snapshot.report.position === null || snapshot.report.position.builds.done < 30) continue;
      expect(snapshot.outlook).toMatchObject({ from: 'own-runs' });
      expect(snapshot.progress).toBeGreaterThan(0);
      const { steps } = await runs.timeline(second.id);
      expect(steps.filter(({ expected }) => expected?.from === 'own-runs').length).toBeGreaterThanOrEqual(
        170,
      );
      break;
    }
    await runs.stop(second.id);
  });
});

describe('a step as the goal', () => {
  /** What the fixture's manifest gives under its configuration. */
  const list: StepList = {
    version: 1,
    commit: null,
    firstKernel: 'builder-hex0',
    directives: ['2 build: alpha-1.0', '4 build: beta-2.0', '5 improve: get_network', '6 build: late-3.0'],
  };

  async function startAt(goal: Goal) {
    const root = tempFolder();
    const path = join(root, 'boot.bin');
    const request = bootstrapRequest(await makeCheckout(root));
    const record = await buildImage(request, path, recordPathFor(path), { replace: false });
    const qemu = fakeQemu(root, { console: bootstrapConsole({ list }), end: 'stay' });
    const runs = await openHost({ root, qemu });
    const wanted = startRequest(root, { goal, image: { path, record } });
    return { folder: join(root, 'data', 'runs'), runs, started: runs.start(wanted, quietContext) };
  }

  test('is taken from the image’s own manifest, kept beside the run, and ends it as passed', async () => {
    const { folder, runs, started } = await startAt('step:beta-2.0');
    const run = await started;
    expect(run.goal).toBe('step:build:beta-2.0:1');
    const kept = readFileSync(join(folder, run.id, 'steps.json'), 'utf8');
    expect(StepList.parse(JSON.parse(kept))).toEqual(list);
    const last = (await watchToEnd(runs, run.id)).at(-1);
    expect(last?.record).toMatchObject({ stopReason: 'goal', verdict: { outcome: 'passed' } });
    expect((await runs.timeline(run.id)).source).toBe('image');
  });

  test('that the manifest does not name is refused before anything is made', async () => {
    const { folder, started } = await startAt('step:gamma-1.0');
    await expect(started).rejects.toMatchObject({ code: 'GOAL_STEP_UNKNOWN', data: { step: 'gamma-1.0' } });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('times of a log', () => {
  test('survive a torn last line, and grow with marks, not with looks', async () => {
    const path = join(tempFolder(), 'log-times.jsonl');
    writeFileSync(path, '[1000,0,0]\n[2000,50,0]\n[30');
    const times = await openLogTimes(path);
    for (let look = 0; look < 1000; look += 1)
      await times.note({ bytes: 100 + look, mark: look < 500 ? 1 : 2, missed: 0, at: 3000 + look });
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.length).toBeLessThan(12);
    const again = await openLogTimes(path);
    expect(again.clock().timeOf(49)?.at).toBe('1970-01-01T00:00:02.000Z');
    expect(again.clock().timeOf(599)).toEqual({ at: '1970-01-01T00:00:03.500Z', uncertainMilliseconds: 1 });
  });
});
