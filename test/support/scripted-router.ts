// The contract's handlers over a script (scripted-script.ts): each says what the script holds.
import { randomBytes } from 'node:crypto';
import { type AnyRouter, implement } from '@orpc/server';
import { IMAGE_PRESETS } from '../../src/engine/formats/bootstrap-presets.ts';
import { checkConfiguration } from '../../src/engine/formats/bootstrap-rules.ts';
import { BUILT_IN_OVERLAYS } from '../../src/engine/image/built-in-overlays.ts';
import { guarded } from '../../src/engine/router/guard.ts';
import { contract } from '../../src/shared/contract/contract.ts';
import { SeedbedError } from '../../src/shared/errors.ts';
import type { Timeline } from '../../src/shared/model/timeline.ts';
import type { Job } from '../../src/shared/model/job.ts';
import type { RunSnapshot } from '../../src/shared/model/run.ts';
import { scriptedRun, scriptedVerdict, summaryOf } from './scripted-data.ts';
import { SCRIPTED_PREFLIGHT } from './scripted-preflight.ts';
import { scriptedBlobs, scriptedChain, scriptedEvidence, scriptedSbom } from './scripted-chain.ts';
import { scriptedAudit } from './scripted-audit.ts';
import { scriptedMachine } from './scripted-machine.ts';
import { scriptedSettings, watchScripted } from './scripted-notices.ts';
import { scriptedResults } from './scripted-results.ts';
import { readScriptedLog, searchScriptedLog } from './scripted-log.ts';
import type { Script } from './scripted-script.ts';

/** The script's own answer to `run.stop`. */
function endRun(script: Script, id: string): RunSnapshot {
  const topic = of(script.snapshots, id);
  const record = scriptedRun(id, {
    ...topic.get().record,
    state: 'ended',
    endedAt: new Date().toISOString(),
    stoppedBy: 'quit',
    stopReason: 'user',
    verdict: scriptedVerdict({
      outcome: 'stopped',
      sentence: 'The run was stopped before the goal was reached.',
      cause: 'stopped',
    }),
  });
  topic.set({ ...topic.get(), record, now: record.verdict?.sentence ?? '', quietMilliseconds: null });
  topic.end();
  script.runs.set(script.runs.get().map((run) => (run.id === id ? summaryOf(record) : run)));
  return topic.get();
}

function of<T>(map: ReadonlyMap<string, T>, run: string): T {
  const found = map.get(run);
  if (found === undefined) throw new SeedbedError('RUN_NOT_FOUND', { run });
  return found;
}

function jobOf(script: Script, id: string): Job {
  const job = script.jobs.get().find((one) => one.id === id);
  if (job === undefined) throw new SeedbedError('JOB_NOT_FOUND', { job: id });
  return job;
}

async function* watchJob(script: Script, id: string, signal?: AbortSignal): AsyncGenerator<Job, void, void> {
  for await (const jobs of script.jobs.watch({ signal })) {
    const job = jobs.find((one) => one.id === id);
    if (job === undefined) return;
    yield job;
    if (job.state !== 'running') return;
  }
}

/** Handlers of the whole contract that say what the script holds. */
const NO_TIMELINE: Timeline = { version: 1, source: 'log', timed: false, stages: [], steps: [] };

export function scriptedRouter(script: Script): AnyRouter {
  // The parts that the page uses so far.
  const { host, place, job: jobPart, image, run } = contract;
  const os = implement({ host, place, job: jobPart, image, run }).use(({ next }) =>
    guarded(() => Promise.resolve(next())),
  );
  const startJob = (job: Job): { jobId: string } => {
    script.jobs.set([...script.jobs.get(), job]);
    return { jobId: job.id };
  };
  const newJob = (kind: Job['kind'], label: string): Job => ({
    id: `job-${randomBytes(4).toString('hex')}`,
    kind,
    label,
    state: 'running',
    startedAt: new Date().toISOString(),
    endedAt: null,
    progress: null,
    result: null,
    error: null,
  });
  const routed = os.router({
    host: {
      info: os.host.info.handler(() => script.info),
      doctor: os.host.doctor.handler(() => script.doctor),
    },
    place: {
      roots: os.place.roots.handler(() => script.roots),
      list: os.place.list.handler(({ input }) => {
        const listing = script.folders.get(input.place);
        if (listing === undefined) throw new SeedbedError('PLACE_UNKNOWN', { token: input.place });
        return listing;
      }),
      show: os.place.show.handler(({ input }) => {
        const listing = script.folders.get(input.place);
        if (listing === undefined) throw new SeedbedError('PLACE_UNKNOWN', { token: input.place });
        return listing.place;
      }),
      choose: os.place.choose.handler(() => script.roots[0] ?? null),
    },
    job: {
      list: os.job.list.handler(() => script.jobs.get()),
      watch: os.job.watch.handler(({ input, signal }) =>
        Promise.resolve(watchJob(script, jobOf(script, input.job).id, signal)),
      ),
      watchAll: os.job.watchAll.handler(({ signal }) => Promise.resolve(script.jobs.watch({ signal }))),
      cancel: os.job.cancel.handler(({ input }) => {
        const ended: Job = {
          ...jobOf(script, input.job),
          state: 'cancelled',
          endedAt: new Date().toISOString(),
        };
        script.jobs.set(script.jobs.get().map((job) => (job.id === ended.id ? ended : job)));
        return ended;
      }),
    },
    image: {
      checkout: os.image.checkout.handler(({ input }) => {
        const answer = script.checkouts.get(input.checkout);
        if (answer === undefined) throw new SeedbedError('PLACE_UNKNOWN', { token: input.checkout });
        if (answer instanceof SeedbedError) throw answer;
        return answer;
      }),
      presets: os.image.presets.handler(() => [...IMAGE_PRESETS]),
      overlays: os.image.overlays.handler(() => Object.values(BUILT_IN_OVERLAYS)),
      check: os.image.check.handler(({ input: { goal, configuration, overlays } }) =>
        checkConfiguration(configuration, { goal, overlays }),
      ),
      preflight: os.image.preflight.handler(() => SCRIPTED_PREFLIGHT),
      build: os.image.build.handler(() => startJob(newJob('image.build', 'Building a stage0 image'))),
      list: os.image.list.handler(() => script.images.get()),
      record: os.image.record.handler(({ input }) => {
        const id = 'id' in input.image ? input.image.id : '';
        const image = script.images.get().find((one) => one.id === id);
        if (image === undefined) throw new SeedbedError('IMAGE_NOT_FOUND', { image: id });
        return { path: image.path, record: image.record };
      }),
      inspect: os.image.inspect.handler(({ input }) => {
        const id = 'id' in input.image ? input.image.id : '';
        const image = script.images.get().find((one) => one.id === id);
        if (image === undefined) throw new SeedbedError('IMAGE_NOT_FOUND', { image: id });
        const { record, path } = image;
        const [disk] = record.disks;
        return {
          path,
          sizeBytes: disk.sizeBytes,
          dataBytes: disk.dataBytes,
          sha256: disk.sha256,
          inputDigest: disk.inputDigest,
          stage2Bytes: 88_615,
          streamLba: 175,
          regions: disk.regions,
          budgets: disk.budgets,
          directories: disk.entries.directories,
          files: disk.entries.files,
          payloadBytes: disk.entries.payloadBytes,
          commands: ['hex0 /x86/hex0_x86.hex0 /init'],
          matchesRecord: true,
          record,
          warnings: record.warnings,
        };
      }),
      remove: os.image.remove.handler(({ input }) => {
        script.images.set(script.images.get().filter(({ id }) => id !== input.id));
        return {};
      }),
      watch: os.image.watch.handler(({ signal }) => Promise.resolve(script.images.watch({ signal }))),
    },
    run: {
      ...scriptedMachine(script),
      preview: os.run.preview.handler(() => ({ argv: ['qemu'], script: '#!/bin/sh\nexec qemu\n' })),
      start: os.run.start.handler(({ input }) => {
        script.started.push(input);
        return startJob(newJob('run.start', 'Starting a run'));
      }),
      list: os.run.list.handler(() => script.runs.get()),
      watchList: os.run.watchList.handler(({ signal }) => Promise.resolve(script.runs.watch({ signal }))),
      notices: os.run.notices.handler(({ signal }) => Promise.resolve(watchScripted(script, signal))),
      show: os.run.show.handler(({ input }) => of(script.snapshots, input.run).get()),
      timeline: os.run.timeline.handler(({ input }) => script.timelines.get(input.run) ?? NO_TIMELINE),
      events: os.run.events.handler(({ input }) => script.events.get(input.run) ?? []),
      watch: os.run.watch.handler(({ input, signal }) =>
        Promise.resolve(of(script.snapshots, input.run).watch({ signal })),
      ),
      readLog: os.run.readLog.handler(({ input }) =>
        readScriptedLog(of(script.logs, input.run), input.fromBytes, input.limitBytes),
      ),
      searchLog: os.run.searchLog.handler(({ input }) =>
        searchScriptedLog(of(script.logs, input.run), input.words, input.fromBytes, input.direction),
      ),
      stop: os.run.stop.handler(({ input }) => endRun(script, input.run)),
      remove: os.run.remove.handler(({ input }) => {
        script.runs.set(script.runs.get().filter(({ id }) => id !== input.run));
        return {};
      }),
      explain: os.run.explain.handler(({ input }) => {
        const found = script.explanations.get(input.log);
        if (found === undefined) throw new SeedbedError('PLACE_UNKNOWN', { token: input.log });
        return { ...found, timeline: NO_TIMELINE };
      }),
    },
  });
  return {
    ...routed,
    audit: scriptedAudit(script),
    chain: scriptedChain(),
    sbom: scriptedSbom(),
    evidence: scriptedEvidence(),
    blobs: scriptedBlobs(),
    results: scriptedResults(script.collected),
    settings: scriptedSettings(script),
  };
}
