// The trust report: its numbers are those of the records, its table follows the argument vector, and what was not run is said to be not run.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TrustFacts } from '../../src/engine/formats/trust/facts.ts';
import { formatPaperHtml } from '../../src/engine/formats/paper/paper-html.ts';
import { formatPaperText } from '../../src/engine/formats/paper/paper-text.ts';
import { composeTrustReport } from '../../src/engine/formats/trust/report.ts';
import { formatVerifyScript } from '../../src/engine/formats/trust/verify-script.ts';
import { DEFAULT_CONFIGURATION } from '../../src/shared/model/bootstrap-config.ts';
import type { Paper, PaperItem } from '../../src/shared/model/paper.ts';
import type { RunResults } from '../../src/shared/model/results.ts';
import type { RunRecord } from '../../src/shared/model/run.ts';
import { bannedWordsIn } from '../support/banned-words.ts';
import {
  scriptedImage,
  scriptedReport,
  scriptedRun,
  scriptedVerdict,
  SOME_HASH,
} from '../support/scripted-data.ts';
import { useTempFolders } from '../support/temp.ts';

const QEMU = ['/usr/bin/qemu-system-x86_64', '-accel', 'tcg', '-cpu', 'qemu64', '-nic', 'user,model=e1000'];

function runFacts(
  change: Partial<RunRecord> = {},
  more: Partial<NonNullable<TrustFacts['run']>> = {},
): TrustFacts {
  const verdict = scriptedVerdict();
  const record = scriptedRun('20261120-1322-k3f9', {
    state: 'ended',
    verdict,
    argv: QEMU,
    report: scriptedReport(),
    ...change,
  });
  return {
    at: '2026-11-20T20:00:00.000Z',
    image: { id: 'stage0-1', record: scriptedImage('stage0-1').record },
    run: {
      record,
      results: null,
      events: [],
      command: record.argv.join(' '),
      log: { sizeBytes: 3, sha256: SOME_HASH },
      portLosses: 0,
      ...more,
    },
    host: {
      system: 'Some Linux 1',
      kernel: 'Linux 6.1',
      architecture: 'x64',
      cpu: 'Some CPU',
      microcode: '0x1',
      firmware: null,
    },
    app: { version: '0.1.0', node: '20.20.2', electron: null, lockfile: null },
    files: {
      qemu: { path: '/usr/bin/qemu-system-x86_64', sha256: SOME_HASH, changedSince: false },
      firmware: [{ path: '/usr/share/seabios/bios-256k.bin', sha256: SOME_HASH, changedSince: true }],
      kernel: null,
    },
    checkout: null,
    distfiles: null,
    others: [],
    audits: [{ id: 'ddc', title: 'A second way', state: null, text: '', why: 'seedbed trust ddc' }],
  };
}

function results(totals: Partial<RunResults['totals']>): RunResults {
  return {
    version: 1,
    run: 'x',
    at: '2026-11-20T20:00:00.000Z',
    assisted: false,
    disk: null,
    diskNote: '',
    totals: { expected: 273, equal: 0, seen: 0, different: 0, missing: 0, unchecked: 0, ...totals },
    outputs: [],
    files: [],
    unused: [],
    warnings: [],
  };
}

function items(paper: Paper): Map<string, PaperItem> {
  return new Map(paper.sections.flatMap((section) => section.items.map((one) => [one.id, one] as const)));
}

function roleOf(facts: TrustFacts, part: string): string {
  const rows = composeTrustReport(facts)
    .sections.flatMap(({ tables }) => tables)
    .flatMap((table) => table.rows);
  return (
    rows
      .find(([name]) => name === part)
      ?.slice(1)
      .join(' | ') ?? 'no such row'
  );
}

const BWRAP: Partial<RunRecord> = {
  kind: 'bwrap',
  qemu: null,
  sandbox: {
    tool: 'bubblewrap 0.8.0',
    network: true,
    elevatedBy: null,
    kernel: 'Linux 6.1.0',
    restsOn: 'The kernel of this host.',
  },
};
const SERIAL: Partial<RunRecord> = {
  kind: 'serial',
  qemu: null,
  serial: { device: '/dev/ttyUSB0', baud: 115_200, imageNamed: false },
};
const ALL: [string, TrustFacts][] = [
  ['TCG', runFacts()],
  ['KVM', runFacts({ argv: QEMU.map((word) => (word === 'tcg' ? 'kvm' : word)) })],
  ['a supplied kernel', runFacts({ argv: [...QEMU, '-kernel', 'kernel'] })],
  ['a sandbox', runFacts(BWRAP)],
  ['a real machine', runFacts(SERIAL, { portLosses: 2 })],
  ['an image', { ...runFacts(), run: null }],
];

describe.each(ALL)('the report of %s', (_, facts) => {
  const paper = composeTrustReport(facts);

  it('has the seven sections in their order', () => {
    expect(paper.sections.map(({ id }) => id)).toEqual([
      'claim',
      'verified',
      'corroborated',
      'faith',
      'unchecked',
      'deviations',
      'reproduce',
    ]);
  });

  it('claims nothing that nobody can know', () => {
    expect(bannedWordsIn(formatPaperText(paper) + formatPaperHtml(paper) + JSON.stringify(paper))).toEqual(
      [],
    );
  });

  it('says of what was not run that it was not run', () => {
    expect(items(paper).get('ddc')).toMatchObject({ mark: 'unknown', text: 'A second way: not run here.' });
    expect(items(paper).get('source-code')?.mark).toBe('unknown');
  });
});

describe('what a run rests on', () => {
  it.each<[string, TrustFacts, string, string]>([
    ['QEMU under TCG', runFacts(), 'QEMU', 'Executed every instruction of the guest (TCG)'],
    ['QEMU under KVM', runFacts({ argv: ['qemu', '-accel', 'kvm'] }), 'QEMU', 'Made the devices'],
    [
      'the processor under KVM',
      runFacts({ argv: ['qemu', '-enable-kvm'] }),
      'Processor and microcode',
      'Executed every instruction, directly',
    ],
    ['the host’s kernel under TCG', runFacts(), 'Kernel of the host', 'executed nothing of the guest itself'],
    [
      'the host’s kernel of a sandbox',
      runFacts(BWRAP),
      'Kernel of the host',
      'The host’s kernel runs everything',
    ],
    ['QEMU of a sandbox', runFacts(BWRAP), 'QEMU', 'None'],
    [
      'a supplied kernel',
      runFacts({ argv: [...QEMU, '-kernel', 'kernel'] }),
      'Supplied Linux kernel',
      'An opaque binary',
    ],
    ['no supplied kernel', runFacts(), 'Supplied Linux kernel', 'None'],
    ['no network', runFacts({ argv: ['qemu', '-nic', 'none'] }), 'Network during the run', 'None'],
    ['a real machine', runFacts(SERIAL), 'Firmware of the machine', 'option ROMs'],
    ['the start of a sandbox', runFacts(BWRAP), 'Machine code at the start', 'hex0-seed'],
    ['the start of a machine', runFacts(), 'Machine code at the start', '512 bytes'],
  ])('tells of %s', (_, facts, part, words) => {
    expect(roleOf(facts, part)).toContain(words);
  });
});

describe('the numbers', () => {
  it('are those of the account, and what the machine said alone is apart', () => {
    const facts = runFacts({}, { results: results({ equal: 150, seen: 100, unchecked: 23 }) });
    const paper = items(composeTrustReport(facts));
    expect(paper.get('claim')?.text).toMatch(
      /^150 of 273 expected outputs are equal to upstream’s list.*\(100 more by the machine’s own check only, 23 not checked\)/,
    );
    expect(paper.get('outputs')?.mark).toBe('equal');
  });

  it('contradict when anything differs', () => {
    const paper = items(composeTrustReport(runFacts({}, { results: results({ equal: 272, different: 1 }) })));
    expect(paper.get('outputs')?.mark).toBe('differs');
  });

  it('count other runs as this computer’s own', () => {
    const other = { id: 'b', accelerator: 'kvm', same: 150, differs: 0 };
    const facts = { ...runFacts({}, { results: results({ equal: 150 }) }), others: [other] };
    const paper = items(composeTrustReport(facts));
    expect(paper.get('claim')?.text).toContain('equal to 1 other run on this same computer');
    expect(paper.get('run-b')?.why).toContain('not a common cause');
    expect(paper.get('parties')?.text).toBe('Reproduced by 0 other parties in this report.');
  });

  it('are not made up for a real machine whose image nobody named', () => {
    const paper = items(composeTrustReport(runFacts(SERIAL)));
    expect(paper.get('image')?.mark).toBe('unknown');
    expect(paper.get('claim')?.facts).toEqual([
      { name: 'input digest', value: 'not known: nobody named the image' },
    ]);
  });
});

describe('deviations', () => {
  it('are none for a plain run', () => {
    const facts = { ...runFacts(), image: null };
    expect(items(composeTrustReport(facts)).get('none')?.text).toBe('None is recorded.');
  });

  it('say that a run was not a full bootstrap', () => {
    const facts = runFacts({ assisted: { run: 'r', packages: 9 } });
    const configuration = { ...DEFAULT_CONFIGURATION, earlyPreseed: true, updateChecksums: true };
    const record = { ...scriptedImage('x').record, configuration };
    const paper = items(composeTrustReport({ ...facts, image: { id: 'x', record } }));
    for (const id of ['assisted', 'early-preseed'])
      expect(paper.get(id)?.why, id).toContain('not a full bootstrap');
    expect(paper.get('update-checksums')?.mark).toBe('differs');
  });

  it('name a clock that was set, and not the usual one', () => {
    const has = (rtc: string): boolean =>
      items(composeTrustReport(runFacts({ argv: [...QEMU, '-rtc', rtc] }))).has('clock-set');
    expect([has('base=2031-01-01,clock=vm'), has('base=utc,clock=vm')]).toEqual([true, false]);
  });

  it('name gaps in the log, a firmware that was replaced, and what happened meanwhile', () => {
    const event = {
      at: '2026-11-20T20:00:00.000Z',
      kind: 'paused' as const,
      text: 'Paused by hand.',
      offset: null,
    };
    const paper = items(composeTrustReport(runFacts(SERIAL, { portLosses: 2, events: [event] })));
    expect(paper.get('port-losses')?.text).toContain('2 times');
    expect(paper.get('event-0')?.text).toContain('Paused by hand.');
    expect(items(composeTrustReport(runFacts())).get('firmware-0')).toMatchObject({ mark: 'differs' });
  });
});

describe('verify.sh', () => {
  const tempFolder = useTempFolders();
  const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

  function script(folder: string): { disk: string; packages: string; path: string } {
    const bytes = Buffer.from('0123456789');
    const { record } = scriptedImage(
      'x',
      {},
      {
        regions: [
          { name: 'boot-sector', offsetBytes: 0, lengthBytes: 4, sha256: sum(bytes.subarray(0, 4)) },
          { name: 'stream', offsetBytes: 4, lengthBytes: 6, sha256: sum(bytes.subarray(4)) },
          { name: 'hole', offsetBytes: 10, lengthBytes: 90, sha256: null },
        ],
      },
    );
    const output = {
      layer: 'package' as const,
      name: 'a_0.tar.bz2',
      step: null,
      pass: null,
      sha256: sum(bytes),
      state: 'equal' as const,
      console: null,
      prebuilt: false,
      found: null,
    };
    const text = formatVerifyScript({
      subject: 'a\nrun',
      image: record,
      results: { ...results({}), outputs: [output] },
    });
    const path = join(folder, 'verify.sh');
    writeFileSync(path, text);
    writeFileSync(join(folder, 'disk'), bytes);
    writeFileSync(join(folder, 'a_0.tar.bz2'), bytes);
    return { disk: join(folder, 'disk'), packages: folder, path };
  }

  function run(path: string, ...words: string[]): string {
    try {
      return execFileSync('sh', [path, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    } catch (error) {
      return `failed: ${String((error as { stdout: unknown }).stdout)}`;
    }
  }

  it('finds equal what is equal, with a shell alone', () => {
    const { disk, packages, path } = script(tempFolder());
    expect(run(path, disk, packages)).toBe('3 equal, 0 different\n');
    expect(run(path, '-', packages)).toBe('1 equal, 0 different\n');
  });

  it('fails for one changed byte, a missing package, and for nothing to look at', () => {
    const { disk, packages, path } = script(tempFolder());
    writeFileSync(disk, '0123X56789');
    expect(run(path, disk, packages)).toMatch(
      /^failed: DIFFERS: .*at byte 4: stream.*\n2 equal, 1 different/,
    );
    expect(run(path, '-', '/nowhere')).toMatch(/^failed: DIFFERS: a_0\.tar\.bz2 \(no file/);
    expect(run(path)).toBe('failed: 0 equal, 0 different\n');
  });
});
