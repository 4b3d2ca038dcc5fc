// What was otherwise than in a plain run: options, overlays, a patched tree, what happened meanwhile. Only what is recorded.
import type { PaperItem } from '../../../shared/model/paper.ts';
import { item } from '../paper/parts.ts';
import type { TrustFacts } from './facts.ts';
import { readMachineWords } from './machine-words.ts';

export function deviationItems(facts: TrustFacts): PaperItem[] {
  const items = [...configurationItems(facts), ...runItems(facts)];
  return items.length === 0 ? [item('note', 'none', 'None is recorded.')] : items;
}

const NOT_FULL = 'This is not a full bootstrap: not everything was built from the seed in this run.';

function configurationItems({ image, checkout }: TrustFacts): PaperItem[] {
  const items: PaperItem[] = [];
  const configuration = image?.record.configuration ?? null;
  const told: [boolean, string, string, string][] = [
    [
      configuration?.repoPreseeded === true,
      'repo-preseeded',
      'The image carries packages that were built before.',
      NOT_FULL,
    ],
    [
      configuration?.earlyPreseed === true,
      'early-preseed',
      'The image carries results of the early stages instead of building them.',
      NOT_FULL,
    ],
    [
      configuration?.suppliedKernel === true,
      'supplied-kernel',
      'A supplied Linux kernel takes the place of builder-hex0 and Fiwix.',
      NOT_FULL,
    ],
    [
      configuration?.updateChecksums === true,
      'update-checksums',
      'UPDATE_CHECKSUMS=True: the machine compared no package with upstream’s list.',
      'Only hashes made outside of it say anything.',
    ],
    [
      (configuration?.internalCi ?? null) !== null,
      'internal-ci',
      'INTERNAL_CI is set: the run leaves out parts, as upstream’s own tests do.',
      NOT_FULL,
    ],
  ];
  for (const [isSo, id, text, why] of told) if (isSo) items.push(item('differs', id, text, { why }));
  for (const { name, origin, changes, digest } of image?.record.overlays ?? [])
    items.push(
      item(
        'note',
        `overlay-${name}`,
        `Overlay ${name} (${origin === 'built-in' ? 'Seedbed’s own' : 'a folder of the user’s'}): ${changes.length} files added or replaced.`,
        { facts: [{ name: 'digest', value: digest }] },
      ),
    );
  if (checkout?.record.kind === 'linked' && checkout.record.report.differences.length > 0)
    items.push(
      item(
        'differs',
        'patched-tree',
        `The checkout is not what its commits say: ${checkout.record.report.differences.length} differences.`,
      ),
    );
  for (const warning of image?.record.warnings ?? []) items.push(item('note', 'image-warning', warning));
  return items;
}

/** Kinds of events that change what a run means, and after which a reader wants to know them. */
const TOLD_EVENTS = new Set(['paused', 'restarted', 'answered', 'clock', 'fault']);
const MOST_EVENTS = 20;

function runItems({ run }: TrustFacts): PaperItem[] {
  if (run === null) return [];
  const { record, events, portLosses } = run;
  const items: PaperItem[] = [];
  if (record.assisted !== null)
    items.push(
      item(
        'differs',
        'assisted',
        `Given ${record.assisted.packages} packages that run ${record.assisted.run} had built.`,
        { why: NOT_FULL },
      ),
    );
  if (record.resumedFrom !== null)
    items.push(
      item(
        'note',
        'resumed',
        `Goes on from checkpoint ${record.resumedFrom.checkpoint} of run ${record.resumedFrom.run}: what came before is that run’s.`,
      ),
    );
  if (record.kind === 'qemu') {
    const { rtc } = readMachineWords(record.argv);
    if (rtc !== null && !/(?:^|,)base=(?:utc|localtime)(?:,|$)/.test(rtc) && rtc.includes('base='))
      items.push(item('note', 'clock-set', `The machine’s clock was set: -rtc ${rtc}`));
  }
  if (portLosses > 0)
    items.push(
      item('differs', 'port-losses', `The serial port was lost ${portLosses} times: the log has gaps.`),
    );
  const told = events.filter(({ kind }) => TOLD_EVENTS.has(kind));
  for (const [index, { at, text }] of told.slice(0, MOST_EVENTS).entries())
    items.push(item('note', `event-${index}`, `${at.slice(0, 19).replace('T', ' ')} UTC: ${text}`));
  if (told.length > MOST_EVENTS)
    items.push(
      item('note', 'more-events', `${told.length - MOST_EVENTS} more: seedbed runs events ${record.id}`),
    );
  return items;
}
