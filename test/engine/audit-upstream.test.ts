// The audit of live-bootstrap itself: what holds at 984b8322, and that each change of the tree is found.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditSeed, type SeedAuditResult } from '../../src/engine/audit/audit-seed.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'];
const hasObjdump = spawnSync('objdump', ['--version']).error === undefined;
/** What the audit reads. */
const READ = ['seed/stage0-posix/x86', 'seed/stage0-posix/bootstrap-seeds', 'builder-hex0'];

function audit(root: string): Promise<SeedAuditResult> {
  const context = { signal: new AbortController().signal, report: () => undefined };
  return auditSeed(root, { mutations: false, env: { PATH: process.env['PATH'] } }, context);
}

const failing = ({ audit: { checks } }: SeedAuditResult): string[] =>
  checks.filter(({ state }) => state === 'failed').map(({ id, program }) => `${program ?? ''} ${id}`.trim());

describe.skipIf(checkout === undefined)(
  'the audit of live-bootstrap (skipped unless LIVE_BOOTSTRAP_DIR names a checkout)',
  () => {
    let copy = '';
    let whole: SeedAuditResult;
    beforeAll(async () => {
      copy = mkdtempSync(join(tmpdir(), 'seedbed-audit-'));
      for (const part of READ) {
        mkdirSync(dirname(join(copy, part)), { recursive: true });
        cpSync(join(checkout ?? '', part), join(copy, part), { recursive: true });
      }
      whole = await audit(copy);
    }, 180_000);
    afterAll(() => rmSync(copy, { recursive: true, force: true }));

    it('decodes 15 of 15 seeds and finds nothing that is not explained', () => {
      expect(whole.audit.seedFiles.filter(({ decodes }) => decodes)).toHaveLength(15);
      expect(failing(whole)).toEqual([]);
      expect(whole.audit.programs.every(({ version }) => version !== null)).toBe(true);
    });

    it('runs the seed on its own text: the same bytes, 58 of 58 instructions, nothing but open, read, write and exit', () => {
      const seed = whole.audit.programs.find(({ id }) => id === 'hex0');
      expect(seed).toMatchObject({ sizeBytes: 181, instructions: 58, executed: 58 });
      expect(seed?.budget).toEqual([
        { kind: 'header', bytes: 76 },
        { kind: 'code', bytes: 105 },
      ]);
      expect(new Set(seed?.calls.map(({ name }) => name))).toEqual(
        new Set(['open', 'read', 'write', 'exit']),
      );
      const made = whole.audit.checks.filter(
        ({ id, state }) => id === 'seed.run-identical' && state === 'passed',
      );
      expect(made.map(({ program }) => program)).toEqual([
        'hex0',
        'kaem',
        'hex1',
        'hex2-0',
        'catm',
        'M0',
        'cc_x86',
      ]);
    });

    it.skipIf(!hasObjdump)(
      'sees in all nine programs what objdump sees (skipped without it), told the mode of each stretch',
      () => {
        const opinions = whole.audit.checks.filter(({ id }) => id === 'opinion.objdump');
        expect(opinions.map(({ program, held, done }) => `${program ?? ''} ${held} of ${done}`)).toEqual([
          'hex0 58 of 58',
          'kaem 215 of 215',
          'hex1 150 of 150',
          'hex2-0 343 of 343',
          'catm 49 of 49',
          'M0 529 of 529',
          'cc_x86 2643 of 2643',
          'stage1 82 of 82',
          'stage2 1417 of 1417',
        ]);
        expect(opinions.at(-1)?.detail).toContain('told which code is 16-bit (296) and which 32-bit (1121)');
      },
    );

    it('agrees with upstream’s M1 texts 6 of 6 times and explains what differs from the GAS texts', () => {
      const states = (name: string): string[] =>
        whole.audit.matrix
          .filter(({ representation }) => representation === name)
          .map(({ program, state }) => `${program} ${state}`);
      expect(states('M1')).toEqual([
        'hex0 normalised',
        'kaem normalised',
        'hex1 identical',
        'hex2-0 normalised',
        'catm identical',
        'M0 identical',
      ]);
      if (
        whole.audit.tools.some(({ name, version }) => ['as', 'ld', 'nm'].includes(name) && version === null)
      )
        return;
      expect(states('GAS')).toEqual([
        'hex0 identical',
        'kaem identical',
        'hex1 normalised',
        'hex2-0 explained',
        'catm identical',
        'M0 explained',
        'cc_x86 explained',
        'stage1 not-applicable',
        'stage2 not-applicable',
      ]);
    });

    it('finds the three wrong names in comments, and five slips more', () => {
      const findings = whole.audit.programs.flatMap(({ findings: found }) => found);
      const lines = (kind: string): string[] =>
        findings
          .filter((one) => one.kind === kind)
          .map(({ file, line }) => `${file.slice(file.lastIndexOf('/') + 1)}:${line}`);
      expect(lines('mnemonic')).toEqual([
        'hex2_x86.hex1:66',
        'builder-hex0-x86-stage2.hex0:283',
        'builder-hex0-x86-stage2.hex0:361',
      ]);
      expect(lines('operands')).toEqual([
        'M0_x86.hex2:193',
        'builder-hex0-x86-stage2.hex0:144',
        'builder-hex0-x86-stage2.hex0:620',
        'builder-hex0-x86-stage2.hex0:627',
      ]);
      expect(lines('address')).toEqual(['hex0_x86.hex0:141']);
      expect(findings.every(({ explanation }) => explanation !== null)).toBe(true);
    });

    it('finds what is changed in the tree: a seed, a text, a comment, a GAS text', async () => {
      const edit = (file: string, change: (text: string) => string): void => {
        const path = join(copy, file);
        writeFileSync(path, change(readFileSync(path, 'latin1')), 'latin1');
      };
      const seeds = 'seed/stage0-posix/bootstrap-seeds/POSIX';
      edit(`${seeds}/AMD64/hex0-seed`, (text) => `${text.slice(0, 100)}\x7f${text.slice(101)}`);
      edit('seed/stage0-posix/x86/hex1_x86.hex0', (text) => text.replace('; cmp_eax, !58', '; cmp_eax, !59'));
      edit('seed/stage0-posix/x86/catm_x86.hex2', (text) => text.replace('6A 2D ', '6A 66 '));
      edit('seed/stage0-posix/x86/GAS/hex2_x86.S', (text) => text.replace('mov eax, 0', 'mov eax, 1'));
      edit('builder-hex0/builder-hex0-x86-stage1.hex0', (text) => text.replace('B4 42 ', 'B4 43 '));
      const found = failing(await audit(copy));
      expect(found).toEqual(
        expect.arrayContaining([
          'seed.files-decode',
          'hex1 seed.comments-agree',
          'catm seed.known-version',
          'catm seed.comments-agree',
          'catm seed.calls-expected',
          'catm seed.representations',
          'stage1 seed.known-version',
          'stage1 seed.comments-agree',
          'stage1 seed.representations',
        ]),
      );
      expect(found).not.toContain('hex0 seed.known-version');
    }, 180_000);
  },
);
