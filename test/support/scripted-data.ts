// Runs, images and jobs as the engine would describe them, for tests of what is rare: every field there, the interesting ones given.
import { DEFAULT_MACHINE_OPTIONS } from '../../src/shared/model/machine.ts';
import type { ConsoleReport, Verdict } from '../../src/shared/model/console.ts';
import type { Image, ImageDisk, ImageRecord } from '../../src/shared/model/image.ts';
import type { Job } from '../../src/shared/model/job.ts';
import type { RunRecord, RunSnapshot, RunSummary } from '../../src/shared/model/run.ts';

export const SOME_HASH = 'c0ffee'.repeat(11).slice(0, 64);
const CREATED_AT = '2026-11-20T13:38:35.000Z';

export function scriptedReport(change: Partial<ConsoleReport> = {}): ConsoleReport {
  return {
    bytes: 0,
    rows: 0,
    lines: 0,
    boots: 1,
    era: 'load',
    tail: '',
    src: { entries: 0, lastPath: '' },
    kaem: { commands: 0, last: '' },
    step: null,
    position: null,
    goalStep: null,
    answers: { ok: 0, failed: 0 },
    checks: { ok: 0, failed: [] },
    milestones: [],
    failure: null,
    suspect: null,
    waitsForInput: false,
    prompt: null,
    over: false,
    bootCheck: null,
    ...change,
  };
}

export function scriptedVerdict(change: Partial<Verdict> = {}): Verdict {
  return {
    outcome: 'passed',
    goal: 'stage0',
    sentence: 'All 19 stage0 tools verified themselves.',
    hint: '',
    cause: null,
    evidence: [],
    slice: null,
    ...change,
  };
}

export function scriptedRun(id: string, change: Partial<RunRecord> = {}): RunRecord {
  return {
    version: 1,
    id,
    kind: 'qemu',
    goal: 'stage0',
    state: 'running',
    createdAt: CREATED_AT,
    startedAt: CREATED_AT,
    endedAt: null,
    image: {
      id: 'stage0-1',
      label: 'stage0 image',
      kind: 'kernel-bootstrap',
      sha256: SOME_HASH,
      inputDigest: SOME_HASH,
      streamEntries: 2345,
      streamBytes: 6_642_242,
    },
    memoryMiB: 4096,
    cores: 2,
    accelerator: {
      asked: 'auto',
      used: 'tcg',
      reason: 'KVM is present but does not work here, so software emulation is used.',
      probes: [
        {
          accelerator: 'kvm',
          works: false,
          reason: 'KVM internal error. Suberror: 1',
          milliseconds: 6200,
        },
        { accelerator: 'tcg', works: true, reason: '', milliseconds: 900 },
      ],
    },
    qemu: { path: '/usr/bin/qemu-system-x86_64', version: '7.2.22' },
    machine: DEFAULT_MACHINE_OPTIONS,
    hold: null,
    resumedFrom: null,
    assisted: null,
    guestMirror: null,
    sandbox: null,
    serial: null,
    argv: [
      '/usr/bin/qemu-system-x86_64',
      '-machine',
      'pc,graphics=off',
      '-drive',
      'file=disks/boot image.img',
    ],
    process: { pid: 4711, startedTicks: '12345' },
    stoppedBy: null,
    stopReason: null,
    verdict: null,
    report: null,
    ...change,
  };
}

export function scriptedSnapshot(record: RunRecord, change: Partial<RunSnapshot> = {}): RunSnapshot {
  return {
    record,
    report: scriptedReport(),
    logBytes: 0,
    now: 'builder-hex0 reads the source stream into memory.',
    progress: 0.42,
    elapsedMilliseconds: 65_000,
    quietMilliseconds: record.endedAt === null ? 100 : null,
    outlook: null,
    machineState: record.endedAt === null ? 'running' : null,
    resources: null,
    checkpoints: [],
    ...change,
  };
}

export function summaryOf(record: RunRecord): RunSummary {
  const { id, kind, goal, state, createdAt, startedAt, endedAt, verdict } = record;
  const { label } = record.image;
  return {
    id,
    kind,
    goal,
    state,
    createdAt,
    startedAt,
    endedAt,
    imageLabel: label,
    accelerator: record.accelerator.used,
    assisted: record.assisted !== null,
    verdict,
  };
}

const SCRIPTED_DISK: ImageDisk = {
  role: 'boot',
  file: 'boot.img',
  inputDigest: SOME_HASH,
  sha256: SOME_HASH,
  sizeBytes: 16_777_216,
  dataBytes: 6_901_248,
  partition: null,
  regions: [
    { name: 'boot-sector', offsetBytes: 0, lengthBytes: 512, sha256: SOME_HASH },
    { name: 'stage2', offsetBytes: 512, lengthBytes: 88_615, sha256: SOME_HASH },
    { name: 'padding', offsetBytes: 89_127, lengthBytes: 473, sha256: SOME_HASH },
    { name: 'stream', offsetBytes: 89_600, lengthBytes: 6_745_694, sha256: SOME_HASH },
    { name: 'zeros', offsetBytes: 6_835_294, lengthBytes: 9_941_922, sha256: SOME_HASH },
  ],
  budgets: [
    { name: 'files', used: 2345, limit: 14_332, unit: 'files' },
    { name: 'file-area', used: 6_642_242, limit: 330_301_440, unit: 'bytes' },
    { name: 'longest-path', used: 91, limit: 255, unit: 'bytes' },
  ],
  entries: { directories: 532, files: 1813, payloadBytes: 6_642_242, streamBytes: 6_745_694 },
};

export function scriptedImage(
  id: string,
  change: Partial<ImageRecord> = {},
  diskChange: Partial<ImageDisk> = {},
): Image {
  return {
    id,
    path: `/home/user/.local/share/seedbed/images/${id}/boot.img`,
    record: {
      version: 2,
      kind: 'kernel-bootstrap',
      goal: 'stage0',
      inputDigest: SOME_HASH,
      disks: [{ ...SCRIPTED_DISK, ...diskChange }],
      checkout: { commit: '984b8322'.padEnd(40, '0'), submodules: [] },
      configuration: null,
      bootstrapCfg: 'ARCH=x86\nARCH_DIR=x86\nBARE_METAL=False\n',
      overlays: [],
      distfiles: [],
      expectedBootCheck: [],
      warnings: [],
      ...change,
    },
  };
}

export function scriptedJob(id: string, change: Partial<Job> = {}): Job {
  return {
    id,
    kind: 'run.start',
    label: 'Starting a run',
    state: 'running',
    startedAt: CREATED_AT,
    endedAt: null,
    progress: {
      step: 'write',
      label: 'Writing the image',
      done: 3_145_728,
      total: 10_485_760,
      unit: 'bytes',
      rate: 1_048_576,
      etaMilliseconds: 7000,
    },
    result: null,
    error: null,
    ...change,
  };
}
