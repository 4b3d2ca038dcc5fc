// The middle of a trust report: what is taken on faith with version and hash, and what nobody checked.
import type { PaperItem } from '../../../shared/model/paper.ts';
import { item } from '../paper/parts.ts';
import type { MeasuredFile, TrustFacts } from './facts.ts';
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
