// The checks of the seed and its tools that Seedbed offers, and what is recorded of them. Each that was not run is said to be not run.
import type { AuditFact } from '../formats/trust/facts.ts';

const CHECKS: readonly Omit<AuditFact, 'state'>[] = [
  {
    id: 'seed-decode',
    title: 'The seed, byte by byte, by several decoders',
    text: 'seedbed audit seed shows every byte with its meaning.',
  },
  {
    id: 'seed-self-hosting',
    title: 'The seed run on its own source, giving itself',
    text: 'seedbed audit seed runs it in an interpreter of Seedbed’s own.',
  },
  {
    id: 'blob-scan',
    title: 'Every file that is no text, in the checkout and in the archives',
    text: 'seedbed audit blobs lists them.',
  },
  {
    id: 'ddc',
    title: 'The first tools built a second way, from another compiler, and compared',
    text: 'seedbed trust ddc does it where a C compiler is there.',
  },
];

export function auditFacts(): AuditFact[] {
  return CHECKS.map((check) => ({ ...check, state: null }));
}
