// The registry of jobs: id, state, progress, cancel, result or error. Jobs live as long as their host; what they made is on disk.
import { randomBytes } from 'node:crypto';
import { describeError } from '../shared/error-texts.ts';
import { SeedbedError, toSeedbedError } from '../shared/errors.ts';
import type { Job, JobProgress } from '../shared/model/job.ts';
import { createTopic, type Topic } from './broadcast.ts';

export interface ProgressReport {
  step: string;
  label: string;
  done: number;
  total: number | null;
  unit: JobProgress['unit'];
}

export interface JobContext {
  signal: AbortSignal;
  report: (progress: ProgressReport) => void;
}

export interface Jobs {
  start(
    kind: Job['kind'],
    label: string,
    work: (context: JobContext) => Promise<NonNullable<Job['result']>>,
  ): Job;
  list(): Job[];
  watch(id: string, signal?: AbortSignal): AsyncGenerator<Job, void, void>;
  watchAll(signal?: AbortSignal): AsyncGenerator<Job[], void, void>;
  /** Ask a job to end; comes back when it has. */
  cancel(id: string): Promise<Job>;
  /** Cancel all and wait. */
  close(): Promise<void>;
}

interface Entry {
  topic: Topic<Job>;
  controller: AbortController;
  done: Promise<void>;
}

/** Ended jobs that are remembered for views that come late. */
const KEPT_JOBS = 50;

export function createJobs(): Jobs {
  const entries = new Map<string, Entry>();
  const all = createTopic<Job[]>([]);
  const list = (): Job[] => [...entries.values()].map((entry) => entry.topic.get());

  function entryOf(id: string): Entry {
    const entry = entries.get(id);
    if (entry === undefined) throw new SeedbedError('JOB_NOT_FOUND', { job: id });
    return entry;
  }

  return {
    start(kind, label, work) {
      const controller = new AbortController();
      const topic = createTopic<Job>({
        id: `job-${randomBytes(6).toString('hex')}`,
        kind,
        label,
        state: 'running',
        startedAt: new Date().toISOString(),
        endedAt: null,
        progress: null,
        result: null,
        error: null,
      });
      const update = (change: Partial<Job>): void => {
        topic.set({ ...topic.get(), ...change });
        all.set(list());
      };
      const report = progressMeter((progress) => update({ progress }));
      const end = (change: Partial<Job>): void => {
        update({ ...change, endedAt: new Date().toISOString() });
        topic.end();
      };
      const done = Promise.resolve()
        .then(() => work({ signal: controller.signal, report }))
        .then(
          (result) => end({ state: 'done', result }),
          (error: unknown) => {
            const described = describeError(error);
            const cancelled = toSeedbedError(error).code === 'CANCELLED' || controller.signal.aborted;
            end({ state: cancelled ? 'cancelled' : 'failed', error: described });
          },
        );
      entries.set(topic.get().id, { topic, controller, done });
      forgetOldest(entries);
      all.set(list());
      return topic.get();
    },
    list,
    watch: (id, signal) => entryOf(id).topic.watch({ signal }),
    watchAll: (signal) => all.watch({ signal }),
    async cancel(id) {
      const entry = entryOf(id);
      entry.controller.abort();
      await entry.done;
      return entry.topic.get();
    },
    async close() {
      for (const entry of entries.values()) entry.controller.abort();
      await Promise.all([...entries.values()].map((entry) => entry.done));
      all.end();
    },
  };
}

function forgetOldest(entries: Map<string, Entry>): void {
  for (const [id, entry] of entries) {
    if (entries.size <= KEPT_JOBS) return;
    if (entry.topic.get().state !== 'running') entries.delete(id);
  }
}

/** Adds rate and ETA, measured since the step began. */
function progressMeter(publish: (progress: JobProgress) => void): (report: ProgressReport) => void {
  let step = '';
  let began = 0;
  let from = 0;
  return (report) => {
    const now = performance.now();
    if (report.step !== step) {
      step = report.step;
      began = now;
      from = report.done;
    }
    const seconds = (now - began) / 1000;
    const rate = seconds >= 0.5 ? (report.done - from) / seconds : null;
    const left = report.total === null ? null : report.total - report.done;
    const eta = rate !== null && rate > 0 && left !== null ? Math.max(0, (left / rate) * 1000) : null;
    publish({ ...report, rate, etaMilliseconds: eta });
  };
}
