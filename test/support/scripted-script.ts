// What a scripted host says, as data.
import { createTopic, type Topic } from '../../src/engine/broadcast.ts';
import type { RunSpec } from '../../src/shared/contract/run.ts';
import type { SeedbedError } from '../../src/shared/errors.ts';
import type { ConsoleReport, Verdict } from '../../src/shared/model/console.ts';
import type { DdcReport } from '../../src/shared/model/ddc.ts';
import type { Finding, HostInfo, Place, PlaceListing } from '../../src/shared/model/host.ts';
import type { CheckoutFacts, Image } from '../../src/shared/model/image.ts';
import type { Job } from '../../src/shared/model/job.ts';
import type { AcceleratorProbe, RunEvent, RunSnapshot, RunSummary } from '../../src/shared/model/run.ts';
import type { Timeline } from '../../src/shared/model/timeline.ts';
import type { ScriptedLog } from './scripted-log.ts';
import { noScriptedNotices, type ScriptedNotices } from './scripted-notices.ts';

export interface Explanation {
  label: string;
  report: ConsoleReport;
  verdict: Verdict;
  now: string;
}

export interface CheckoutAnswer {
  facts: CheckoutFacts;
  findings: Finding[];
  preNetworkDistfiles: number;
}

/** What the page will be told. Tests change it while the page looks. */
export interface Script extends ScriptedNotices {
  info: HostInfo;
  roots: Place[];
  folders: Map<string, PlaceListing>;
  checkouts: Map<string, CheckoutAnswer | SeedbedError>;
  doctor: { findings: Finding[]; probes: AcceleratorProbe[] };
  images: Topic<Image[]>;
  jobs: Topic<Job[]>;
  runs: Topic<RunSummary[]>;
  snapshots: Map<string, Topic<RunSnapshot>>;
  logs: Map<string, ScriptedLog>;
  events: Map<string, RunEvent[]>;
  /** Without one a run's timeline is empty. */
  timelines: Map<string, Timeline>;
  explanations: Map<string, Explanation>;
  /** Runs whose results were collected. */
  collected: Set<string>;
  /** What two-root checks came to, by job. */
  twoRoots: Map<string, DdcReport>;
  /** What the page asked to start, in order. */
  started: RunSpec[];
  /** What was asked of machines, in order: `pause RUN`, `type RUN TEXT`. */
  machineAsked: string[];
}

export function createScript(): Script {
  return {
    info: {
      host: 'browser',
      version: '0.1.0',
      platform: 'linux',
      dataFolder: '/home/user/.local/share/seedbed',
      nativeDialog: false,
    },
    roots: [],
    folders: new Map(),
    checkouts: new Map(),
    doctor: { findings: [], probes: [] },
    images: createTopic<Image[]>([]),
    jobs: createTopic<Job[]>([]),
    runs: createTopic<RunSummary[]>([]),
    snapshots: new Map(),
    logs: new Map(),
    events: new Map(),
    timelines: new Map(),
    explanations: new Map(),
    twoRoots: new Map(),
    collected: new Set(),
    started: [],
    machineAsked: [],
    ...noScriptedNotices(),
  };
}
