// What a trust report takes from other parts of Seedbed: the last audit and two-root check of the same commit, and what speaks for distfiles.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepScan } from '../../src/engine/blobs/kept-scan.ts';
import { auditFacts } from '../../src/engine/trust/audit-facts.ts';
import { distfileEvidence } from '../../src/engine/trust/distfile-evidence.ts';
import { readCorroboration } from '../../src/engine/evidence/corroboration.ts';
import type { SeedAudit } from '../../src/shared/model/audit.ts';
import type { BlobReport, ScannedDistfile } from '../../src/shared/model/blobs.ts';
import type { DdcReport } from '../../src/shared/model/ddc.ts';
import { scriptedImage } from '../support/scripted-data.ts';
import { useTempFolders } from '../support/temp.ts';

const COMMIT = '984b8322'.padEnd(40, '0');
const AT = '2026-11-20T20:00:00.000Z';
const IMAGE = scriptedImage('x').record;
const tempFolder = useTempFolders();

function audit(commit: string): SeedAudit {
  const check = {
    id: 'seed.source-bytes',
    title: 'Bytes',
    proves: 'Reading the text is reading the program.',
    detail: '',
  };
  return {
    checkout: '/checkout',
    commit,
    endedAt: AT,
    programs: [],
    checks: [
      { ...check, program: 'hex0', state: 'passed', done: 181, held: 181 },
      { ...check, program: 'kaem', state: 'explained', done: 10, held: 9 },
      { ...check, id: 'opinion.python', program: 'hex0', state: 'not-checked', done: 0, held: 0 },
    ],
    matrix: [],
    tools: [],
    seedFiles: [],
    mutations: { bytes: 181, mutations: 46_155, detected: 46_154, byCheck: [], milliseconds: 1 },
    totals: { passed: 1, explained: 1, failed: 0, notChecked: 1 },
  };
}

const DDC: DdcReport = {
  checkout: '/checkout',
  commit: COMMIT,
  startedAt: AT,
  endedAt: AT,
  compiler: { path: '/usr/bin/gcc', version: 'gcc 12.2.0', sha256: 'a'.repeat(64) },
  host: { platform: 'linux', kernel: '6.1', processor: 'x' },
  generations: { first: 'a', second: 'b', third: 'b', settled: true },
  tools: [],
  equal: 19,
  expected: 19,
  run: null,
  assumptions: ['The compiler and the seed share no fault.'],
};

describe('audits in a trust report', () => {
  it('are said to be not run where nobody ran them, and are none of the boot check’s', async () => {
    const facts = await auditFacts(tempFolder(), IMAGE);
    expect(facts.map(({ id, state }) => `${id} ${String(state)}`)).toEqual([
      'seed-audit null',
      'blob-scan null',
      'ddc null',
    ]);
    expect(await auditFacts(tempFolder(), { ...IMAGE, kind: 'boot-check' })).toEqual([]);
    expect(await auditFacts(tempFolder(), null)).toEqual([]);
  });

  it('count facts over all programs, tell explained differences, and contradict where a change was not found', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'seed.json'), JSON.stringify(audit(COMMIT)));
    writeFileSync(join(folder, 'ddc.json'), JSON.stringify(DDC));
    const facts = new Map((await auditFacts(folder, IMAGE)).map((fact) => [fact.id, fact]));
    expect(facts.get('seed-audit:seed.source-bytes')).toMatchObject({
      state: 'equal',
      text: '190 of 191 facts hold (1 with known differences that are explained).',
    });
    expect(facts.get('seed-audit:opinion.python')?.state).toBeNull();
    expect(facts.get('seed-audit:mutations')?.state).toBe('differs');
    expect(facts.get('ddc')).toMatchObject({
      state: 'equal',
      text: '19 of 19 tools built with gcc 12.2.0 are equal to upstream’s answers.',
    });
    expect(facts.get('ddc')?.why).toContain('share no fault');
  });

  it('tell of the last look for what is no text at this commit, and contradict where something is not explained', async () => {
    const folder = tempFolder();
    const blob = { path: 'seed', sizeBytes: 181, sha256: 'a'.repeat(64), kind: 'data' };
    const seeds: BlobReport['checkout'] = {
      files: 1837,
      bytes: 7_570_000,
      blobs: [{ ...blob, explanation: 'seed' }],
      explained: 1,
    };
    const blobFact = async (): Promise<object | undefined> =>
      (await auditFacts(folder, IMAGE)).find(({ id }) => id === 'blob-scan');
    await keepScan(folder, COMMIT, { checkout: seeds, distfiles: null });
    expect(await blobFact()).toMatchObject({
      state: 'equal',
      text: 'Of 1837 files of the checkout 1 are no text, 1 of them seeds equal to the hex text beside them. The archives were not looked into.',
    });
    const distfile = (state: ScannedDistfile['state'], blobCount: number): ScannedDistfile => ({
      ...{ name: 'x', state, notes: [], files: 9, blobCount, blobs: [], generated: [] },
    });
    await keepScan(folder, COMMIT, {
      checkout: { ...seeds, blobs: [...seeds.blobs, { ...blob, explanation: null }] },
      distfiles: [distfile('scanned', 3), distfile('partly', 4), distfile('not stored', 0)],
    });
    await keepScan(folder, 'f'.repeat(40), { checkout: seeds, distfiles: null });
    const found = await blobFact();
    expect(found).toMatchObject({ state: 'differs' });
    expect(JSON.stringify(found)).toContain('2 of 3 distfiles were looked into: 7 files in them are no text');
  });

  it('count for their own commit only, and a damaged record for nothing', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'seed.json'), JSON.stringify(audit('f'.repeat(40))));
    writeFileSync(join(folder, 'ddc.json'), '{');
    writeFileSync(join(folder, `blobs-${COMMIT}.json`), '{}');
    expect((await auditFacts(folder, IMAGE)).map(({ state }) => state)).toEqual([null, null, null]);
  });
});

describe('distfiles in a trust report', () => {
  it('are held against the pins of other projects, and nothing is made up for an empty store', async () => {
    const root = tempFolder();
    mkdirSync(root, { recursive: true });
    const { pins, projects } = await readCorroboration();
    const [pinned = ''] = Object.keys(pins);
    const independent =
      pins[pinned]?.pinnedBy.some(({ project }) => projects[project]?.independent === true) === true;
    const file = (sha256: string) => ({ name: sha256, sha256, sizeBytes: 1, on: ['boot' as const] });
    const found = await distfileEvidence(root, { distfiles: [file(pinned), file('0'.repeat(64))] });
    expect(found).toEqual({
      files: 2,
      known: 0,
      https: 0,
      http: 0,
      agreed: 0,
      pinned: 1,
      pinnedIndependently: independent ? 1 : 0,
      signatures: { modern: 0, weak: 0, wrong: 0 },
    });
    expect(await distfileEvidence(root, { distfiles: [] })).toBeNull();
  });
});
