// The checklist for a real machine: what it says follows the image's own bootstrap.cfg and the drives that the user named, and is safe to print.
import { describe, expect, it } from 'vitest';
import { composeChecklist } from '../../src/engine/formats/bare-metal/checklist.ts';
import { formatBootstrapCfg } from '../../src/engine/formats/bootstrap-cfg.ts';
import { formatPaperHtml } from '../../src/engine/formats/paper/paper-html.ts';
import { formatPaperText } from '../../src/engine/formats/paper/paper-text.ts';
import type { TargetDrive, TargetDrives } from '../../src/shared/model/bare-metal.ts';
import {
  DEFAULT_CONFIGURATION,
  type BootstrapConfiguration,
} from '../../src/shared/model/bootstrap-config.ts';
import type { ImageRecord } from '../../src/shared/model/image.ts';
import type { Paper, PaperItem } from '../../src/shared/model/paper.ts';
import { scriptedImage } from '../support/scripted-data.ts';

const NONE: TargetDrives = { boot: null, external: null };
const STICK: TargetDrive = { name: 'Blue Stick', bus: 'usb', sizeBytes: 32_000_000_000 };
const SSD: TargetDrive = { name: 'Old SSD', bus: 'sata', sizeBytes: 120_000_000_000 };

function imageFor(change: Partial<BootstrapConfiguration>, disks = 1): ImageRecord {
  const configuration = { ...DEFAULT_CONFIGURATION, machine: 'bare-metal' as const, ...change };
  const { record } = scriptedImage('x');
  const [boot] = record.disks;
  const external = { ...boot, role: 'external' as const, file: 'external.img' as const };
  return {
    ...record,
    goal: 'end',
    configuration,
    bootstrapCfg: formatBootstrapCfg(configuration),
    disks: disks === 1 ? [boot] : [boot, external],
  };
}

function items(paper: Paper): Map<string, PaperItem> {
  return new Map(paper.sections.flatMap((section) => section.items.map((one) => [one.id, one] as const)));
}

function checklist(record: ImageRecord, drives = NONE): Map<string, PaperItem> {
  return items(composeChecklist({ image: { id: 'image-1', record }, drives }));
}

describe('what DISK= will mean', () => {
  it('is a format without a question for a whole disk, and a take-over for a partition', () => {
    expect(checklist(imageFor({ disk: 'sda' })).get('disk-whole')?.text).toContain(
      '/dev/sda there gets a new partition',
    );
    expect(
      checklist(imageFor({ disk: 'sdb1', externalSources: true }, 2)).get('disk-partition')?.text,
    ).toContain('/dev/sdb1 becomes the new system');
  });

  it('is not checked while nobody said how the drives will be attached', () => {
    expect(checklist(imageFor({ disk: 'sda' })).get('disk-drives-unknown')?.mark).toBe('unknown');
  });

  it.each<[string, TargetDrives, 'equal' | 'differs']>([
    ['sdb1', { boot: SSD, external: { ...SSD, name: 'Second SSD' } }, 'equal'],
    ['sdb1', { boot: SSD, external: STICK }, 'equal'],
    ['sdb1', { boot: STICK, external: SSD }, 'differs'],
    ['sda1', { boot: STICK, external: SSD }, 'equal'],
    ['nvme0n1p1', { boot: STICK, external: { ...SSD, bus: 'nvme' } }, 'equal'],
    ['mmcblk1p1', { boot: { ...STICK, bus: 'card' }, external: { ...STICK, bus: 'card' } }, 'equal'],
  ])('%s is held against the drives %j', (disk, drives, mark) => {
    expect(
      checklist(imageFor({ disk, externalSources: true }, 2), drives).get('disk-expected-name')?.mark,
    ).toBe(mark);
  });

  it('is asked on the machine when the configurator runs', () => {
    const record = imageFor({ disk: null, configurator: true });
    const asked = { ...record, bootstrapCfg: 'CONFIGURATOR=True\n' };
    expect(checklist(asked).get('disk-asked')?.mark).toBe('do');
    expect(checklist({ ...record, bootstrapCfg: null }).get('disk-unknown')?.mark).toBe('unknown');
  });
});

describe('the checklist', () => {
  it('names every subject of a bare-metal run', () => {
    const found = checklist(imageFor({ disk: 'sda' }));
    for (const id of [
      'boot-check-first',
      'legacy-boot',
      'sata-before-usb',
      'memory-contiguous',
      'wired-card',
      'dhcp',
      'unplug-others',
      'no-restart',
    ])
      expect(found.get(id)?.why, id).not.toBe('');
  });

  it('does not send the boot check ahead of itself, and has no word about networks for it', () => {
    const { record } = scriptedImage('x');
    const found = checklist({
      ...record,
      kind: 'boot-check',
      goal: 'boot-check',
      configuration: null,
      bootstrapCfg: null,
    });
    expect(found.has('boot-check-first')).toBe(false);
    expect(found.has('wired-card')).toBe(false);
    expect(found.has('type-verdict')).toBe(true);
  });

  it('contradicts an image that was made for QEMU, and a drive that is too small', () => {
    const found = checklist(imageFor({ machine: 'qemu' }), {
      boot: { ...STICK, sizeBytes: 1000 },
      external: null,
    });
    expect(found.get('made-for-another-machine')?.mark).toBe('differs');
    expect(found.get('boot-drive-size')?.mark).toBe('differs');
  });

  it('knows the overlay that makes a network unnecessary', () => {
    const record = imageFor({ disk: 'sda' });
    const offline = { name: 'offline', origin: 'built-in' as const, changes: [], digest: 'a'.repeat(64) };
    expect(checklist({ ...record, overlays: [offline] }).get('dhcp')?.why).toContain(
      'goes on without a network',
    );
    expect(checklist(record).get('dhcp')?.why).toContain('example.com');
  });
});

describe('a paper in print', () => {
  const paper = composeChecklist({
    image: { id: '<script>alert(1)</script>', record: imageFor({ disk: 'sda' }) },
    drives: { boot: { ...STICK, name: '"><img src=x>' }, external: null },
  });

  it('holds every sentence and no markup of a name', () => {
    const html = formatPaperHtml(paper);
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;script&gt;');
    for (const { title } of paper.sections) expect(html).toContain(title);
    expect(html).not.toMatch(/https?:|src=x>/);
  });

  it('fits a terminal of 100 columns', () => {
    const text = formatPaperText(paper);
    const long = text.split('\n').filter((line) => line.length > 100 && !line.includes('sha256'));
    expect(long).toEqual([]);
    expect(text).toContain('☐ Switch legacy boot on');
  });
});
