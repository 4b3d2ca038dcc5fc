// Accounts for every byte of Seedbed's own boot check: all of it follows from the hex0 texts that Seedbed brings along.
import type { ImageVerifyReport } from '../../shared/model/image-reading.ts';
import type { OpenSource } from '../bytes/byte-source.ts';
import { openRangeThreads } from '../bytes/range-threads.ts';
import { planBootCheck } from '../image/plan-boot-check.ts';
import { differsFrom, shownAt } from './first-difference.ts';
import { generated } from './origins.ts';
import { createLedger, plain } from './verify-ledger.ts';

type Draft = Pick<
  ImageVerifyReport,
  'checkout' | 'order' | 'configuration' | 'account' | 'problems' | 'warnings'
>;

const KINDS = {
  'boot-sector': 'boot-sector',
  stage2: 'stage2',
  padding: 'padding',
  commands: 'commands',
  zeros: 'zeros',
} as const;

export async function verifyBootCheck(source: OpenSource): Promise<Draft> {
  const ledger = createLedger();
  const [disk] = (await planBootCheck()).disks;
  const bytes = Buffer.concat(
    [...disk.segments].map((segment) => (segment.kind === 'bytes' ? segment.bytes : Buffer.alloc(0))),
  );
  const origin = generated('Seedbed’s resources/boot-check');
  for (const { name, offsetBytes, lengthBytes } of disk.regions) {
    const difference = await differsFrom(
      source,
      offsetBytes,
      bytes.subarray(offsetBytes, offsetBytes + lengthBytes),
    );
    const kind = name in KINDS ? KINDS[name as keyof typeof KINDS] : 'entry';
    const region = plain(kind, `${name} of the boot check`, offsetBytes, lengthBytes);
    if (difference === null)
      ledger.add(kind === 'zeros' || kind === 'padding' ? 'zeros' : 'generated', lengthBytes);
    else
      ledger.problem({
        ...difference,
        exact: true,
        region,
        what: `The ${region.label} is another one.`,
        origin,
      });
  }
  await verifyRest(source, bytes.length);
  return {
    checkout: null,
    order: 'sorted',
    configuration: null,
    account: ledger.account(),
    problems: ledger.problems,
    warnings: [],
  };

  async function verifyRest(rest: OpenSource, fromBytes: number): Promise<void> {
    const threads = openRangeThreads(rest);
    try {
      const nonZero = await threads.firstNonZero({ fromBytes, toBytes: rest.sizeBytes });
      const region = plain(
        'zeros',
        'zeros behind the boot check',
        fromBytes,
        Math.max(0, rest.sizeBytes - fromBytes),
      );
      if (nonZero === null) ledger.add('zeros', region.lengthBytes);
      else
        ledger.problem({
          offsetBytes: nonZero,
          exact: true,
          found: await shownAt(rest, nonZero),
          expected: '00',
          region,
          what: 'Behind the boot check there should be nothing but zeros.',
          origin,
        });
    } finally {
      await threads.close();
    }
  }
}
