// The checks of the seed and its tools: what the last audit and the last two-root check of this very commit came to. Each that was not run is said to be not run.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AuditCheck, SeedAudit } from '../../shared/model/audit.ts';
import type { BlobReport } from '../../shared/model/blobs.ts';
import { DdcReport } from '../../shared/model/ddc.ts';
import type { ImageRecord } from '../../shared/model/image.ts';
import { readKeptScan } from '../blobs/kept-scan.ts';
import type { AuditFact } from '../formats/trust/facts.ts';

/** What Seedbed offers, for a reader who sees only this report. */
const NOT_RUN: readonly Omit<AuditFact, 'state' | 'text'>[] = [
  {
    id: 'seed-audit',
    title: 'The seed and the eight programs after it, byte by byte, run and held against other texts of them',
    why: 'seedbed audit seed does it.',
  },
  {
    id: 'blob-scan',
    title: 'Every file that is no text, in the checkout and in the archives',
    why: 'seedbed audit blobs lists them.',
  },
  {
    id: 'ddc',
    title: 'The first tools built a second way, from this computer’s C compiler, and compared',
    why: 'seedbed trust ddc does it where a C compiler is there.',
  },
];

/** `folder`: where the audits keep their last reports. The boot check has no seed: nothing is to be audited. */
export async function auditFacts(folder: string, image: ImageRecord | null): Promise<AuditFact[]> {
  if (image === null || image.kind === 'boot-check') return [];
  const commit = image.checkout?.commit ?? null;
  const seed = SeedAudit.safeParse(await readJson(join(folder, 'seed.json')));
  const ddc = DdcReport.safeParse(await readJson(join(folder, 'ddc.json')));
  const found: AuditFact[] = [];
  if (seed.success && commit !== null && seed.data.commit === commit) found.push(...seedFacts(seed.data));
  if (ddc.success && commit !== null && ddc.data.commit === commit) found.push(ddcFact(ddc.data));
  const scan = commit === null ? null : await readKeptScan(folder, commit);
  if (scan !== null) found.push(blobFact(scan));
  const missing = NOT_RUN.filter(
    ({ id }) => !found.some((fact) => fact.id === id || fact.id.startsWith(`${id}:`)),
  );
  return [...found, ...missing.map((check) => ({ ...check, state: null, text: '' }))];
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}

/** One line a check, over all programs. */
function seedFacts({ checks, mutations }: SeedAudit): AuditFact[] {
  const ids = [...new Set(checks.map(({ id }) => id))];
  const facts = ids.map((id) =>
    checkFact(
      id,
      checks.filter((check) => check.id === id),
    ),
  );
  if (mutations !== null)
    facts.push({
      id: 'seed-audit:mutations',
      title: 'Every byte of the seed changed to every other value',
      state: mutations.detected === mutations.mutations ? 'equal' : 'differs',
      text: `${mutations.detected} of ${mutations.mutations} changes were found by the checks above.`,
      why: 'A check that cannot fail proves nothing.',
    });
  return facts;
}

function checkFact(id: string, list: readonly AuditCheck[]): AuditFact {
  const count = (state: AuditCheck['state']): number => list.filter((check) => check.state === state).length;
  const [failed, explained, unchecked] = [count('failed'), count('explained'), count('not-checked')];
  const held = list.reduce((sum, check) => sum + check.held, 0);
  const done = list.reduce((sum, check) => sum + check.done, 0);
  const notes = [
    explained > 0 ? `${explained} with known differences that are explained` : '',
    unchecked > 0 ? `${unchecked} not checked` : '',
    failed > 0 ? `${failed} failed` : '',
  ].filter((words) => words !== '');
  return {
    id: `seed-audit:${id}`,
    title: list[0]?.title ?? id,
    state: failed > 0 ? 'differs' : unchecked === list.length ? null : 'equal',
    text: `${held} of ${done} facts hold${notes.length === 0 ? '' : ` (${notes.join(', ')})`}.`,
    why: list[0]?.proves ?? '',
  };
}

function blobFact({ checkout, distfiles }: BlobReport): AuditFact {
  const { files, blobs, explained } = checkout;
  const opened = (distfiles ?? []).filter(({ state }) => state === 'scanned' || state === 'partly');
  const sum = opened.reduce((total, { blobCount }) => total + blobCount, 0);
  const archives =
    distfiles === null
      ? 'The archives were not looked into.'
      : `${opened.length} of ${distfiles.length} distfiles were looked into: ${sum} files in them are no text, and are listed, not explained.`;
  return {
    id: 'blob-scan',
    title: 'Every file that is no text',
    state: explained === blobs.length ? 'equal' : 'differs',
    text: `Of ${files} files of the checkout ${blobs.length} are no text, ${explained} of them seeds equal to the hex text beside them. ${archives}`,
    why: 'seedbed audit blobs lists each with its sha256. What is text may still be made by a program.',
  };
}

function ddcFact({ equal, expected, compiler, assumptions }: DdcReport): AuditFact {
  return {
    id: 'ddc',
    title: 'The first tools built a second way, and compared',
    state: equal === expected ? 'equal' : 'differs',
    text: `${equal} of ${expected} tools built with ${compiler.version} are equal to upstream’s answers.`,
    why: `Under these assumptions: ${assumptions.join(' ')}`.slice(0, 2000),
  };
}
