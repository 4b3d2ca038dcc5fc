// The first three sections of a trust report: what is claimed, what was verified on this computer, what others agree with.
import type { PaperItem } from '../../../shared/model/paper.ts';
import type { OutputTotals } from '../../../shared/model/results.ts';
import { formatBytes } from '../../../shared/units.ts';
import { item } from '../paper/parts.ts';
import type { TrustFacts } from './facts.ts';
import { modeOf } from './trust-base.ts';

/** One sentence with numbers. */
export function claimOf({ run, image, others }: TrustFacts): string {
  if (run === null) {
    const disks = image?.record.disks.length ?? 0;
    return `This image has ${disks === 1 ? 'one disk' : `${disks} disks`} with the input digest ${image?.record.inputDigest ?? 'unknown'}; whoever builds the same inputs gets the same bytes. It has not been run in this report.`;
  }
  const { record, results } = run;
  const outcome = record.verdict?.outcome ?? 'still running';
  const agreeing = others.filter(({ differs, same }) => differs === 0 && same > 0).length;
  const others_ =
    agreeing === 0
      ? 'equal to no other run recorded here'
      : `equal to ${agreeing} other ${agreeing === 1 ? 'run' : 'runs'} on this same computer for the same inputs`;
  if (record.image.kind === 'boot-check') return bootCheckClaim(run, outcome);
  if (results !== null && results.totals.expected > 0)
    return `${totalsWords(results.totals)}; ${others_}. Reproduced by 0 independent parties in this report. The run ${OUTCOME_WORDS[outcome]}.`;
  const { ok, failed } = record.report?.answers ?? { ok: 0, failed: 0 };
  return `The run ${OUTCOME_WORDS[outcome]}. Its machine said of ${ok} stage0 tools that they are equal to upstream’s sums, and of ${failed} that they are not; nothing was hashed outside of it.`;
}

const OUTCOME_WORDS: Record<string, string> = {
  passed: 'reached its goal',
  failed: 'did not reach its goal',
  stopped: 'was stopped before its goal',
  lost: 'ended unseen before its goal',
  unfinished: 'was not finished',
  'still running': 'is still running',
};

function bootCheckClaim({ record }: NonNullable<TrustFacts['run']>, outcome: string): string {
  const check = record.report?.bootCheck ?? null;
  const entries = check?.entries.length ?? 0;
  if (outcome === 'passed')
    return `The boot check passed: ${entries} of ${entries} entries were read ${check?.compared === true ? 'equal to what the image holds' : 'with the sums that stand on the disk'}. It builds nothing: it says that this machine can begin a bootstrap, and no more.`;
  return `The boot check ${OUTCOME_WORDS[outcome] ?? outcome}; ${entries} entries were read.`;
}

function totalsWords({ expected, equal, seen, different, missing, unchecked }: OutputTotals): string {
  const rest = [
    seen > 0 ? `${seen} more by the machine’s own check only` : '',
    different > 0 ? `${different} different` : '',
    missing > 0 ? `${missing} missing` : '',
    unchecked > 0 ? `${unchecked} not checked` : '',
  ].filter((words) => words !== '');
  return `${equal} of ${expected} expected outputs are equal to upstream’s list, hashed by this computer outside of the machine${rest.length === 0 ? '' : ` (${rest.join(', ')})`}`;
}

export function verifiedItems(facts: TrustFacts): PaperItem[] {
  return [
    ...imageItems(facts),
    checkoutItem(facts),
    ...resultItems(facts),
    ...facts.audits.map(auditItem),
  ].filter((one) => one !== null);
}

function imageItems({ image, run }: TrustFacts): PaperItem[] {
  if (run?.record.serial?.imageNamed === false)
    return [item('unknown', 'image', 'Which image the machine was started with: nobody named it.')];
  const items: PaperItem[] = [];
  if (run !== null && run.record.kind === 'qemu')
    items.push(
      item(
        'equal',
        'disk-copy',
        'The machine’s first disk was hashed while it was copied from the image, and was equal to the image’s record.',
        {
          facts: [{ name: 'sha256', value: run.record.image.sha256 }],
        },
      ),
    );
  if (run?.record.kind === 'serial')
    items.push(
      item(
        'unknown',
        'disk-copy',
        'That the real machine was started from this very image: seedbed flash verify compares a drive with it.',
      ),
    );
  if (image !== null && image.record.distfiles.length > 0)
    items.push(
      item(
        'equal',
        'distfiles',
        `${image.record.distfiles.length} of ${image.record.distfiles.length} distfiles on the image had the sha256 that the checkout’s sources files name when it was built.`,
      ),
    );
  if (modeOf(run?.record ?? null) === 'sandbox')
    return [
      ...items,
      item(
        'unknown',
        'tree',
        'That the folder of the sandbox held exactly the checkout’s files: not run here.',
      ),
    ];
  items.push(
    item(
      'unknown',
      'image-account',
      'Every byte of the image derived again from its sources: not run here.',
      {
        why: 'seedbed image verify IMAGE does it, and names the first byte that differs.',
      },
    ),
  );
  return items;
}

function checkoutItem({ checkout, image }: TrustFacts): PaperItem | null {
  if (image?.record.checkout === undefined || image.record.checkout === null) return null;
  const commit = image.record.checkout.commit ?? 'none';
  const facts = [{ name: 'commit', value: commit }];
  if (checkout?.record.kind === 'linked') {
    const { differences, files } = checkout.record.report;
    return differences.length === 0
      ? item(
          'equal',
          'checkout',
          `The checkout’s ${files} files were equal to what its commits say when it was last looked at.`,
          { facts },
        )
      : item(
          'differs',
          'checkout',
          `The checkout differed from its commits in ${differences.length} places when it was last looked at.`,
          { facts },
        );
  }
  if (checkout !== null)
    return item(
      'equal',
      'checkout',
      'The checkout was written from git objects whose names are their own hashes, when it was fetched.',
      { facts, why: 'seedbed checkout verify compares it again.' },
    );
  return item(
    'unknown',
    'checkout',
    'The checkout against its commits: it is not in this data folder any more, so not run here.',
    { facts },
  );
}

function resultItems({ run }: TrustFacts): PaperItem[] {
  if (run === null) return [];
  const items = [
    item('note', 'log', `The console log has ${formatBytes(run.log.sizeBytes)}.`, {
      facts: [{ name: 'sha256', value: run.log.sha256 ?? 'not hashed' }],
    }),
  ];
  if (run.record.image.kind === 'boot-check') return items;
  if (run.results === null)
    return [
      ...items,
      item('unknown', 'outputs', 'What the run made, hashed outside of it: not run here.', {
        why: 'seedbed runs results RUN does it after the end.',
      }),
    ];
  const { totals, diskNote } = run.results;
  const wrong = totals.different + totals.missing;
  items.push(
    item(
      wrong > 0 ? 'differs' : totals.equal > 0 ? 'equal' : 'unknown',
      'outputs',
      `${totals.equal} of ${totals.expected} outputs hashed by this computer on the run’s disk are equal to upstream’s list; ${totals.different} differ, ${totals.missing} are missing.`,
      { why: diskNote },
    ),
    item(
      'note',
      'outputs-console',
      `${totals.seen} outputs were checked by the machine alone, with tools that it had built: its own word.`,
    ),
  );
  return items;
}

function auditItem({ id, title, state, text, why }: TrustFacts['audits'][number]): PaperItem {
  return item(state ?? 'unknown', id, state === null ? `${title}: not run here.` : `${title}: ${text}`, {
    why,
  });
}

export function corroboratedItems({ others, run, distfiles }: TrustFacts): PaperItem[] {
  const items = others.map(({ id, accelerator, same, differs }) =>
    item(
      differs === 0 ? 'equal' : 'differs',
      `run-${id}`,
      `Run ${id} on this computer (${accelerator}): ${same} outputs equal, ${differs} different.`,
      {
        why: 'The same computer and the same Seedbed: it excludes chance and some faults, not a common cause.',
      },
    ),
  );
  if (run !== null)
    items.push(
      item('unknown', 'parties', 'Reproduced by 0 other parties in this report.', {
        why: 'Only another person, on another computer with a processor of another maker, adds what this report cannot: compare results by their hashes.',
      }),
    );
  if (distfiles !== null) items.push(...distfileItems(distfiles));
  return items;
}

function distfileItems(found: NonNullable<TrustFacts['distfiles']>): PaperItem[] {
  const { files, known, https, http, agreed, pinned, pinnedIndependently, signatures } = found;
  const given = signatures.modern + signatures.weak + signatures.wrong;
  return [
    item(
      pinnedIndependently > 0 ? 'equal' : 'unknown',
      'distfile-pins',
      `Of ${files} distfiles ${pinned} have a hash that other projects pin too, ${pinnedIndependently} of them one that chose it without live-bootstrap.`,
      { why: 'Facts that ship with Seedbed, each with project, file and commit: seedbed distfiles show' },
    ),
    item(
      'note',
      'distfile-sources',
      `Of ${files} distfiles ${agreed} came from two or more sources with the same bytes; of ${known} it is known here where they came from (${https} over https, ${http} over http or from files).`,
      { why: 'Their sha256 stands in live-bootstrap’s own sources files either way.' },
    ),
    item(
      signatures.wrong > 0 ? 'differs' : given > 0 ? 'equal' : 'unknown',
      'distfile-signatures',
      given === 0
        ? 'Upstream signatures of the distfiles: not run here.'
        : `Of ${given} distfiles an upstream signature was held against the bytes: ${signatures.modern} fit by today’s means, ${signatures.weak} by weak ones, ${signatures.wrong} do not fit.`,
    ),
  ];
}
