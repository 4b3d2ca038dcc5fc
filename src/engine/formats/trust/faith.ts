// The middle of a trust report: what is taken on faith with version and hash, what nobody checked, and what was otherwise than usual.
import type { PaperItem } from '../../../shared/model/paper.ts';
import { item } from '../paper/parts.ts';
import type { MeasuredFile, TrustFacts } from './facts.ts';
import { readMachineWords } from './machine-words.ts';
import { modeOf } from './trust-base.ts';

type Facts = PaperItem['facts'];

export function faithItems(facts: TrustFacts): PaperItem[] {
  const { host, app, run } = facts;
  const mode = modeOf(run?.record ?? null);
  const whose = mode === 'real' ? 'This computer, which prepared and listened' : 'The host';
  const items = [
    item('note', 'host', whose, {
      facts: present([
        ['system', host.system],
        ['kernel', host.kernel],
        ['architecture', host.architecture],
        ['processor', host.cpu],
        ['microcode', host.microcode ?? 'not known'],
        ['firmware', host.firmware ?? 'not known'],
      ]),
    }),
    item('note', 'app', 'Seedbed itself, which made this report and cannot prove its own honesty', {
      facts: present([
        ['version', app.version],
        ['Node', app.node],
        ['Electron', app.electron ?? 'not used by this host'],
        ['sha256 of package-lock.json', app.lockfile ?? 'not beside this program'],
      ]),
      why: 'Its claims can be checked without it: the last section says how.',
    }),
  ];
  if (mode === 'machine') items.push(...machineFiles(facts));
  if (mode === 'sandbox' && run?.record.sandbox !== null && run?.record.sandbox !== undefined)
    items.push(
      item('note', 'sandbox', run.record.sandbox.restsOn, {
        facts: present([
          ['tool', run.record.sandbox.tool],
          ['kernel at that time', run.record.sandbox.kernel],
        ]),
      }),
    );
  if (mode === 'real')
    items.push(
      item(
        'unknown',
        'real-machine',
        'The real machine: board, firmware, processor, drives. Nothing of it was measured here.',
        {
          why: 'Write them down by hand and keep them with this report.',
          facts: present([
            ['port', run?.record.serial?.device ?? ''],
            ['baud', String(run?.record.serial?.baud ?? '')],
          ]),
        },
      ),
    );
  items.push(item('note', 'sha256', 'sha256: that nobody can make two inputs with the same sum.'));
  if (!isBootCheck(run, facts.image))
    items.push(
      item(
        'note',
        'upstream',
        'live-bootstrap’s own list of sums, where “equal to upstream’s list” is said: one project’s claim.',
      ),
    );
  return items;
}

function machineFiles({ files, run }: TrustFacts): PaperItem[] {
  const items = [measured('qemu', 'QEMU', files.qemu, run?.record.qemu?.version)];
  for (const [index, file] of files.firmware.entries())
    items.push(measured(`firmware-${index}`, 'QEMU’s firmware file', file));
  if (files.firmware.length === 0)
    items.push(item('unknown', 'firmware', 'QEMU’s firmware file: not found in QEMU’s data folders.'));
  if (files.kernel !== null) items.push(measured('kernel', 'The supplied Linux kernel', files.kernel));
  return items;
}

function measured(id: string, name: string, file: MeasuredFile | null, version?: string): PaperItem {
  if (file === null) return item('unknown', id, `${name}: not there any more when this report was written.`);
  const late = file.changedSince === true;
  return item(
    late ? 'differs' : 'note',
    id,
    late ? `${name} was replaced after the run had begun: the hash is of what is there now.` : name,
    {
      facts: present([
        ['path', file.path],
        ['version', version ?? ''],
        ['sha256, when this report was written', file.sha256 ?? 'could not be read'],
      ]),
    },
  );
}

function present(pairs: [string, string][]): Facts {
  return pairs.filter(([, value]) => value !== '').map(([name, value]) => ({ name, value }));
}

const SOURCE_LIMITS: readonly PaperItem[] = [
  item('unknown', 'source-code', 'What the source code does. 0 packages are recorded as reviewed.', {
    why: 'Building from source shows which source was built. It does not tell that this source is free of mistakes or of malice.',
  }),
  item(
    'unknown',
    'generated-files',
    'Generated files inside the archives (configure scripts, parsers, tables), except those that live-bootstrap deletes and makes again.',
  ),
  item(
    'unknown',
    'network-traffic',
    'What went over the network during preparation and run, beyond the hashes of what was kept.',
  ),
];
const BOOT_CHECK_LIMITS: readonly PaperItem[] = [
  item(
    'unknown',
    'source-code',
    'What the machine does beyond the few points that the boot check looks at: most of its memory, its other devices, hours of work.',
    {
      why: 'It shows that a bootstrap can begin on such a machine. It builds nothing, so there is nothing to compare with others.',
    },
  ),
];

function isBootCheck(run: TrustFacts['run'], image: TrustFacts['image']): boolean {
  return (image?.record.kind ?? run?.record.image.kind) === 'boot-check';
}

export function uncheckedItems({ run, image }: TrustFacts): PaperItem[] {
  const items = isBootCheck(run, image) ? [...BOOT_CHECK_LIMITS] : [...SOURCE_LIMITS];
  const unchecked = run?.results?.totals.unchecked ?? 0;
  if (unchecked > 0)
    items.push(
      item(
        'unknown',
        'outputs-unchecked',
        `${unchecked} outputs that this run did not make, or did not check.`,
      ),
    );
  if (image?.record.goal === 'end')
    items.push(
      item(
        'unknown',
        'disk-image',
        'The finished disk as a whole, and base.tar.bz2: they differ from run to run by upstream’s own account. Packages are compared instead.',
      ),
    );
  if (run === null)
    items.push(
      item('unknown', 'run', 'Whether the image boots, and what it makes: this report is of an image.'),
    );
  return items;
}

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
