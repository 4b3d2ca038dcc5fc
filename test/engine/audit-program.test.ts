// The audit of a small program of our own: what holds, what each change makes fail, and that no changed byte goes unnoticed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditProgram } from '../../src/engine/audit/audit-program.ts';
import { loadProgram, type LoadedProgram } from '../../src/engine/audit/load-program.ts';
import { mutationChecks, tryMutations } from '../../src/engine/audit/mutations.ts';
import { assembleHexText } from '../../src/engine/formats/seed/hex-text.ts';
import { runProgramFile } from '../../src/engine/formats/seed/i386-run.ts';
import type { AuditCheck, SeedVersion } from '../../src/shared/model/audit.ts';
import {
  COPY_PROGRAM,
  COPY_PROGRAM_TEXT,
  type ProgramFolder,
  programFolder,
} from '../support/audit-programs.ts';

const { bytes: COPY } = assembleHexText(COPY_PROGRAM_TEXT, { dialect: 'hex0' });

describe('the audit of a program', () => {
  let folder: ProgramFolder;
  beforeEach(() => {
    folder = programFolder();
  });
  afterEach(() => folder.remove());

  async function load(bytes: Uint8Array = COPY, text = COPY_PROGRAM_TEXT): Promise<LoadedProgram> {
    folder.write('copy.seed', bytes);
    folder.write('copy.hex0', text);
    return loadProgram(folder.root, COPY_PROGRAM);
  }

  function audit(loaded: LoadedProgram, history: SeedVersion[] = []) {
    const run = runProgramFile(loaded.bytes, {
      args: ['copy', 'in', 'out'],
      files: { in: Uint8Array.of(1) },
    });
    const explained = { note: '', comments: [], representations: [] };
    return auditProgram(loaded, { history, explained, copyEqual: null, made: null, runs: [run] });
  }

  const failing = (checks: readonly AuditCheck[]): string[] =>
    checks.filter(({ state }) => state === 'failed').map(({ id }) => id);

  it('holds for a program that is what its text says, and gives every byte a row and a meaning', async () => {
    const { program, checks, rows } = audit(await load());
    expect(failing(checks)).toEqual(['seed.known-version']);
    expect(program.budget).toEqual([
      { kind: 'header', bytes: 76 },
      { kind: 'code', bytes: 58 },
    ]);
    expect(rows.reduce((sum, { bytes }) => sum + bytes.length / 2, 0)).toBe(COPY.length);
    expect(rows.every(({ meaning }) => meaning !== '')).toBe(true);
    expect(program).toMatchObject({ instructions: 33, executed: 33, findings: [] });
    expect(program.calls.map(({ name, count }) => `${name} ${count ?? 0}`)).toEqual([
      ...['open 1', 'open 1', 'read 1', 'write 1', 'exit 1'],
    ]);
    expect(rows.find(({ offset }) => offset === 0x54)?.meaning).toBe('ask the kernel: open');
  });

  it('finds what was changed: bytes, text, a comment, an address, a header, a call', async () => {
    const other = (at: number, value: number): Uint8Array => {
      const changed = Uint8Array.from(COPY);
      changed[at] = value;
      return changed;
    };
    const found = async (bytes: Uint8Array, text = COPY_PROGRAM_TEXT): Promise<string[]> =>
      failing(audit(await load(bytes, text)).checks).filter((id) => id !== 'seed.known-version');
    expect(await found(other(0x69, 0x4a))).toEqual(
      expect.arrayContaining(['seed.source-bytes', 'seed.comments-agree']),
    );
    expect(await found(COPY, COPY_PROGRAM_TEXT.replace('inc_edx', 'dec_edx'))).toEqual([
      'seed.comments-agree',
    ]);
    expect(await found(COPY, COPY_PROGRAM_TEXT.replace('0x804807F', '0x8048070'))).toEqual([
      'seed.addresses-agree',
    ]);
    expect(await found(other(7, 0))).toEqual(['seed.source-bytes', 'seed.header-fields']);
    expect(await found(other(68, 7))).toEqual(['seed.source-bytes']);
    expect(await found(other(60, 0x85))).toEqual(
      expect.arrayContaining(['seed.source-bytes', 'seed.header-consistent']),
    );
    expect(await found(other(0x74, 1))).toEqual(expect.arrayContaining(['seed.targets-land']));
    // exit becomes socketcall.
    expect(await found(other(0x82, 102))).toEqual(expect.arrayContaining(['seed.calls-expected']));
  });

  it('notices changes of any byte, most of them in the header, the instructions or the run alone', async () => {
    const loaded = await load();
    // Every 9th byte, all 255 values; test/long/audit-seed.test.ts changes every byte of the real seed.
    const checks = mutationChecks(loaded);
    let byItself = 0;
    let all = 0;
    for (let at = 0; at < COPY.length; at += 9)
      for (let change = 1; change < 256; change += 1) {
        const changed = Uint8Array.from(COPY);
        changed[at] = (COPY[at] ?? 0) ^ change;
        const failed = checks(changed, at);
        all += 1;
        if (failed.size > 2) byItself += 1;
        expect([...failed], `${at} ^ ${change}`).toEqual(
          expect.arrayContaining(['seed.source-bytes', 'seed.known-version']),
        );
      }
    expect(byItself / all).toBeGreaterThan(0.7);
    expect([...checks(COPY, 0)]).toEqual([]);
  });

  it('ends trying when it is cancelled', async () => {
    const loaded = await load();
    const controller = new AbortController();
    const cut = tryMutations(loaded, {
      signal: controller.signal,
      onByte: (done) => done > 1 && controller.abort(),
    });
    await expect(cut).rejects.toThrow(/abort/i);
  });
});
