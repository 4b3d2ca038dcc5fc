// An audit of two programs, one check not holding, one difference explained: enough for every part of the page.
import { implement } from '@orpc/server';
import { auditContract } from '../../src/shared/contract/audit.ts';
import type { AuditedProgram, AuditRow, SeedAudit } from '../../src/shared/model/audit.ts';
import { SOME_HASH } from './scripted-data.ts';
import { latestDdc, startDdc } from './scripted-ddc.ts';
import type { Script } from './scripted-script.ts';

const VERSION = {
  sha256: SOME_HASH,
  sizeBytes: 181,
  repository: 'oriansj/bootstrap-seeds',
  commit: '0123456789abcdef0123456789abcdef01234567',
  date: '2024-11-03',
  seenIn: ['live-bootstrap 984b8322'],
};

function program(
  id: AuditedProgram['id'],
  title: string,
  change: Partial<AuditedProgram> = {},
): AuditedProgram {
  return {
    id,
    title,
    purpose: 'Turns pairs of hexadecimal digits into bytes.',
    file: 'seed/hex0-seed',
    texts: [{ file: 'seed/hex0_x86.hex0', sha256: SOME_HASH, sizeBytes: 7689 }],
    sizeBytes: 181,
    sha256: SOME_HASH,
    baseAddress: 0x08048000,
    budget: [
      { kind: 'header', bytes: 76 },
      { kind: 'code', bytes: 105 },
    ],
    fields: [],
    instructions: 58,
    executed: 58,
    steps: 130_316,
    calls: [{ address: 0x08048055, name: 'open', count: 2 }],
    rows: 130,
    version: VERSION,
    history: [VERSION],
    findings: [
      {
        file: 'seed/hex0_x86.hex0',
        line: 141,
        kind: 'address',
        text: 'write is said to be at 0x80480a8, it is at 0x80480a0',
        explanation: 'The address is that of an older version.',
      },
    ],
    notes: ['It does not look at what open answers.'],
    ...change,
  };
}

function row(index: number): AuditRow {
  const code = index % 5 !== 0;
  return {
    offset: index,
    address: 0x08048000 + index,
    bytes: code ? '31c9' : '00000000',
    kind: code ? 'code' : 'data',
    instruction: code ? 'xor ecx, ecx' : null,
    claim: code ? 'xor_ecx,ecx' : null,
    remark: code ? 'prepare read_only' : 'nothing yet',
    agreement: index === 3 ? 'operands' : code ? 'agrees' : 'data',
    meaning: code ? 'make ecx zero' : '',
    labels: index === 0 ? ['_start'] : [],
    executed: code ? index !== 4 : null,
    file: 'seed/hex0_x86.hex0',
    line: index + 1,
  };
}

const AUDIT: SeedAudit = {
  checkout: '/checkout',
  commit: '984b832224ed9ea701c38e70cf703c6a2aa33243',
  endedAt: '2026-11-20T14:00:00.000Z',
  programs: [
    program('hex0', 'hex0-seed'),
    program('stage1', 'boot sector (stage1)', { executed: null, steps: null }),
  ],
  checks: [
    {
      id: 'seed.source-bytes',
      title: 'Every byte is the one that the text says',
      proves: 'Reading the text is reading the program.',
      program: 'hex0',
      state: 'passed',
      done: 181,
      held: 181,
      detail: '',
    },
    {
      id: 'seed.addresses-agree',
      title: 'Addresses in comments are right',
      proves: 'Labels lie where the comments say.',
      program: 'hex0',
      state: 'explained',
      done: 12,
      held: 11,
      detail: '1 comment differs, explained',
    },
    {
      id: 'seed.known-version',
      title: 'The sha256 is of a known version',
      proves: 'Others have these bytes too.',
      program: 'stage1',
      state: 'failed',
      done: 1,
      held: 0,
      detail: 'not known',
    },
  ],
  matrix: [
    { program: 'hex0', representation: 'M1', state: 'normalised', detail: 'another header', differences: [] },
    { program: 'hex0', representation: 'GAS', state: 'absent', detail: 'as is absent', differences: [] },
  ],
  tools: [{ name: 'as', version: null }],
  seedFiles: [
    { file: 'seed/hex0-seed', text: 'seed/hex0_x86.hex0', sizeBytes: 181, sha256: SOME_HASH, decodes: true },
  ],
  mutations: null,
  totals: { passed: 1, explained: 1, failed: 1, notChecked: 0 },
};

const JOB = 'job-audit';

/** There is an audit once one was started. */
export function scriptedAudit(script: Script) {
  let audited = false;
  const os = implement(auditContract);
  const rows = Array.from({ length: 130 }, (_, index) => row(index));
  return os.router({
    checks: os.checks.handler(() => []),
    seed: os.seed.handler(() => {
      audited = true;
      return { jobId: JOB };
    }),
    seedReport: os.seedReport.handler(() => (audited ? AUDIT : null)),
    latest: os.latest.handler(() => (audited ? { job: JOB, audit: AUDIT } : null)),
    rows: os.rows.handler(({ input: { from, limit } }) => ({
      total: rows.length,
      rows: rows.slice(from, from + limit),
    })),
    ddc: os.ddc.handler(() => startDdc(script)),
    ddcReport: os.ddcReport.handler(({ input }) => script.twoRoots.get(input.job) ?? null),
    ddcLatest: os.ddcLatest.handler(() => latestDdc(script)),
  });
}
