// Fuzzed hex0 and hex1 texts: Seedbed's assemblers against upstream's C prototypes, compiled here, and against the programs of the chain.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { assembleHexText, type HexDialect } from '../../src/engine/formats/seed/hex-text.ts';
import { assembleHex0 } from '../../src/engine/formats/hex0.ts';
import {
  TEXT_DIFFERENCES,
  inSeedbedWords,
  type SeedTextReader,
  type TextDifference,
} from '../support/seed-text-differences.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'] ?? '';
const hasGcc = spawnSync('gcc', ['--version']).error === undefined;
const ready = checkout !== '' && hasGcc && process.platform === 'linux' && process.arch === 'x64';
const folder = mkdtempSync(join(tmpdir(), 'seedbed-seed-texts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const stage0 = (name: string): string => join(checkout, 'seed/stage0-posix', name);

const HEX0 = ['00', '7f ', 'A b', 'F', '0', ' ', '\t', '\n', '\r', '\r\n', '# note\n', '; a\r', '# b'];
const ODD = ['g', 'G', 'z', '@', '`', '/', '\u00e9', '\u0000', '-', ':', '%'];
const HEX1 = [':x ', ':y\n', ':a ', '%x ', '%y\n', '%a ', '%q ', '%x'];

const ALWAYS = ['drops-half-byte', 'skips-unknown'] as const;
const LABELS = ['byte-split-by-mark', 'comment-ends-at-cr', 'label-twice', 'label-unknown'] as const;
/** What has to turn up: a difference that is never met is none. */
const FOUND: Readonly<Record<SeedTextReader, readonly string[]>> = {
  'hex0.c': ['comment-ends-at-cr', ...ALWAYS].sort(),
  hex0: ['g-is-a-digit', ...ALWAYS].sort(),
  'hex1.c': [...LABELS, 'pointer-name-not-read', ...ALWAYS].sort(),
  hex1: [...LABELS, 'label-in-byte', ...ALWAYS].sort(),
};

function ours(work: () => Uint8Array): string | null {
  try {
    return Buffer.from(work()).toString('hex');
  } catch {
    return null;
  }
}

/** Hexadecimal; throws when it ended in another way than success. */
function theirs(program: string, text: string): string {
  writeFileSync(at('in'), text);
  rmSync(at('out'), { force: true });
  const ran = spawnSync(at(program), [at('in'), at('out')], { timeout: 20_000 });
  expect({ text, status: ran.status, signal: ran.signal }).toEqual({ text, status: 0, signal: null });
  return readFileSync(at('out'), 'hex');
}

interface Figures {
  same: number;
  listed: Partial<Record<TextDifference, number>>;
  noWords: number;
}

function inWords({ same, listed, noWords }: Figures): string {
  const lines = Object.entries(TEXT_DIFFERENCES).flatMap(([id, reason]) => {
    const count = listed[id as TextDifference];
    return count === undefined ? [] : [`${count} with ${id}: ${reason}`];
  });
  return [`${same} equal, ${noWords} only run`, ...lines].join('\n');
}

function fuzz(pieces: readonly string[], reader: SeedTextReader): Figures {
  const figures: Figures = { same: 0, listed: {}, noWords: 0 };
  const language = reader.startsWith('hex0') ? 'hex0' : 'hex1';
  const read = (text: string, dialect: HexDialect): string | null =>
    ours(() => assembleHexText(text, { dialect }).bytes);
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (chosen) => {
      const text = `${chosen.join('')}\n`;
      const [mine, there] = [read(text, language), theirs(reader, text)];
      if (language === 'hex0') expect(ours(() => assembleHex0(text))).toBe(mine);
      if (mine === there) figures.same += 1;
      const words = inSeedbedWords(text, reader);
      if (words.differences.size === 0) expect([text, mine]).toEqual([text, there]);
      if (words.text === null) figures.noWords += 1;
      else expect([text, read(words.text, language)]).toEqual([text, there]);
      if (mine !== there)
        for (const id of words.differences) figures.listed[id] = (figures.listed[id] ?? 0) + 1;
    }),
    { numRuns: 1500 },
  );
  return figures;
}

describe.skipIf(!ready)(
  'fuzzed hex0 and hex1 (skipped without LIVE_BOOTSTRAP_DIR, gcc and Linux on x86-64)',
  () => {
    it.for(['hex0', 'hex1'] as const)(
      '%s.c: equal bytes, or a listed difference',
      async (language, { annotate }) => {
        const sources = [stage0(`High Level Prototypes/${language}.c`), stage0('M2libc/bootstrappable.c')];
        execFileSync('gcc', ['-O1', ...sources, '-o', at(`${language}.c`)]);
        const pieces = language === 'hex0' ? [...HEX0, ...ODD] : [...HEX0, ...HEX1, ...HEX1, 'z', '\u00e9'];
        const figures = fuzz(pieces, `${language}.c`);
        await annotate(inWords(figures));
        expect(figures.same).toBeGreaterThan(20);
        expect(Object.keys(figures.listed).sort()).toEqual(FOUND[`${language}.c`]);
      },
    );

    it.for(['hex0', 'hex1'] as const)(
      'the chain’s %s: equal bytes, or a listed difference',
      async (language, { annotate }) => {
        const text = readFileSync(stage0(`x86/${language}_x86.hex0`), 'utf8');
        writeFileSync(at(language), assembleHexText(text, { dialect: 'hex0' }).bytes);
        chmodSync(at(language), 0o755);
        const pieces = language === 'hex0' ? [...HEX0, ...ODD] : [...HEX0, ...HEX1, ...HEX1, 'z', '\u00e9'];
        const figures = fuzz(pieces, language);
        await annotate(inWords(figures));
        expect(figures.same).toBeGreaterThan(20);
        expect(Object.keys(figures.listed).sort()).toEqual(FOUND[language]);
      },
    );
  },
);
