// The chain of the small checkout, read by the engine's own code, with its bill, one pin, and a finished look for what is no text.
import { implement } from '@orpc/server';
import { blobsContract } from '../../src/shared/contract/blobs.ts';
import { chainContract } from '../../src/shared/contract/chain.ts';
import { evidenceContract } from '../../src/shared/contract/evidence.ts';
import { sbomContract } from '../../src/shared/contract/sbom.ts';
import { formatChainDot } from '../../src/engine/formats/chain/chain-dot.ts';
import { answerWhy } from '../../src/engine/formats/chain/chain-ways.ts';
import { readChain } from '../../src/engine/formats/chain/read-chain.ts';
import { guarded } from '../../src/engine/router/guard.ts';
import type { BlobReport } from '../../src/shared/model/blobs.ts';
import type { Chain } from '../../src/shared/model/chain.ts';
import { findIn, smallCheckout } from './chain-checkout.ts';

export const BROKEN_CHAIN_PLACE = `place-${'b2'.repeat(16)}`;

function chainAt(checkout: { place: string } | { id: string }): Chain {
  const files = smallCheckout();
  if ('place' in checkout && checkout.place === BROKEN_CHAIN_PLACE)
    files['steps/kern-1/pass1.kaem'] = 'elsewhere -o kern kern.c\n';
  const compiler = 'tcc-0.9#1';
  const passes = [
    { node: 'tcc-0.9#1', compiler: 'mes-1.0#1', expectedSha256: null },
    { node: 'tcc-0.9#2', compiler, expectedSha256: null },
  ];
  return {
    commit: null,
    ...readChain(findIn(files)),
    rebuilds: [{ step: 'tcc-0.9', packages: 1, passes, equal: null }],
  };
}

export function scriptedChain() {
  const os = implement(chainContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  return os.router({
    read: os.read.handler(({ input }) => chainAt(input.checkout)),
    why: os.why.handler(({ input }) => answerWhy(chainAt(input.checkout), input.name)),
    export: os.export.handler(({ input }) => ({
      name: `chain.${input.format}`,
      mediaType: 'text/plain',
      text: formatChainDot(chainAt(input.checkout)),
    })),
  });
}

export function scriptedSbom() {
  const os = implement(sbomContract);
  return os.router({
    write: os.write.handler(() => ({
      name: 'live-bootstrap.csv',
      mediaType: 'text/csv',
      text: 'name,type,usage,url,checksum\r\n',
    })),
  });
}

export function scriptedEvidence() {
  const os = implement(evidenceContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const totals = { files: 0, pinned: 0, pinnedIndependently: 0, onlyHttp: 0, noAddress: 0 };
  const pin = { project: 'one/distribution', commit: 'c'.repeat(40), path: 'x/x.hash', independent: true };
  return os.router({
    list: os.list.handler(({ input: { names = [] } }) => ({
      rows: names.map((name) => ({
        name,
        sha256: 'a'.repeat(64),
        pinnedBy: [pin],
        projects: 1,
        independentProjects: 1,
        http: 1,
        https: 0,
        sources: 0,
        signature: null,
      })),
      projects: { 'one/distribution': { independent: true, note: 'Keeps its own list.' } },
      totals,
    })),
    /** Fetched, there is none; given, it fits by weak means. */
    signature: os.signature.handler(({ input: { name, signature } }) => ({
      name,
      sha256: 'a'.repeat(64),
      ...(signature === 'fetch'
        ? { strength: 'none' as const, reasons: ['https://example.org/x.asc: HTTP 404'], fingerprint: null }
        : {
            strength: 'weak' as const,
            reasons: ['The key expired on 2020-01-01'],
            fingerprint: 'ab12'.repeat(10),
          }),
      users: ['A Maker <maker@example.org>'],
      publicKeyAlgorithm: 'dsa',
      hashAlgorithm: 'sha1',
      made: '2019-05-04T00:00:00.000Z',
    })),
  });
}

const REPORT: BlobReport = {
  checkout: {
    files: 1837,
    bytes: 7_570_000,
    blobs: [
      {
        path: 'seeds/hex0-seed',
        sizeBytes: 181,
        sha256: 'f'.repeat(64),
        kind: 'ELF program',
        explanation: 'seed: equal to what seeds/hex0.hex0 says in hexadecimal digits',
      },
    ],
    explained: 1,
  },
  distfiles: null,
};

export function scriptedBlobs() {
  const os = implement(blobsContract);
  return os.router({
    scan: os.scan.handler(() => ({ jobId: 'job-blobs' })),
    report: os.report.handler(() => REPORT),
  });
}
