// The rules about a configuration: each trap is told, each has a code of its own, and what works is left alone.
import { describe, expect, test } from 'vitest';
import { IMAGE_PRESETS } from '../../src/engine/formats/bootstrap-presets.ts';
import { formatBootstrapCfg } from '../../src/engine/formats/bootstrap-cfg.ts';
import { checkOwnConfiguration } from '../../src/engine/formats/own-cfg-rules.ts';
import { checkConfiguration } from '../../src/engine/formats/bootstrap-rules.ts';
import { BootstrapConfiguration, DEFAULT_CONFIGURATION } from '../../src/shared/model/bootstrap-config.ts';
import { ImagePreset } from '../../src/shared/model/image-preset.ts';

type Changes = Partial<BootstrapConfiguration>;

const MIRROR = 'http://mirror.example/live-bootstrap';

function found(changes: Changes, overlays: string[] = [], goal: 'stage0' | 'end' = 'end'): string[] {
  const configuration = { ...DEFAULT_CONFIGURATION, mirrors: [MIRROR], ...changes };
  const findings = checkConfiguration(configuration, { goal, overlays });
  // They are read on pages too, which have no options.
  for (const { why, hint } of findings) expect(`${why} ${hint}`).not.toMatch(/ --[a-z]|\bseedbed [a-z]/);
  return findings.map(({ level, code }) => `${level} ${code}`);
}

const BARE: Changes = { machine: 'bare-metal', targetSizeMiB: 0 };
const OFFLINE: Changes = { externalSources: true, mirrors: [] };

test('a run in QEMU with a plain http mirror, and an offline run with its overlay, have nothing to be said of', () => {
  expect(found({})).toEqual([]);
  expect(found(OFFLINE, ['offline'])).toEqual([]);
  expect(found({ mirrors: [] }, [], 'stage0')).toEqual([]);
});

describe('DISK', () => {
  test.each<[string, Changes, string[]]>([
    ['is never chosen for a real machine', BARE, ['error disk-unchosen']],
    [
      'is asked for even with two disks',
      { ...BARE, ...OFFLINE },
      ['error disk-unchosen', 'warning network-demanded'],
    ],
    [
      'may be asked for by the configurator',
      { ...BARE, configurator: true },
      ['warning disk-formatted', 'warning configurator-asks'],
    ],
    ['sda on bare metal is formatted', { ...BARE, disk: 'sda' }, ['warning disk-formatted']],
    ['a partition on bare metal is taken over', { ...BARE, disk: 'sda1' }, ['warning disk-taken-over']],
    ['nvme0n1 would be looked for as nvme0n11', { ...BARE, disk: 'nvme0n1' }, ['error disk-needs-partition']],
    ['mmcblk0 would be looked for as mmcblk01', { ...BARE, disk: 'mmcblk0' }, ['error disk-needs-partition']],
    ['nvme0n1p1 is taken apart rightly', { ...BARE, disk: 'nvme0n1p1' }, ['warning disk-taken-over']],
    ['sda8 has a minor number that 8 divides', { ...BARE, disk: 'sda8' }, ['error disk-taken-for-whole']],
    ['sdaa1 is taken apart wrongly by make_bootable.sh', { ...BARE, disk: 'sdaa1' }, ['error disk-grub']],
    ['vda has no driver', { disk: 'vda' }, ['error disk-no-driver']],
    ['hda is an old name', { disk: 'hda' }, ['error disk-no-driver']],
    ['/dev/sda is a path', { disk: '/dev/sda' }, ['error disk-path']],
    ['nonsense is no name', { disk: 'sda; reboot' }, ['error disk-name']],
    ['sr0 is no disk', { disk: 'sr0' }, ['error disk-name']],
    [
      'a whole external disk would be erased',
      { ...OFFLINE, disk: 'sdb' },
      ['error disk-erases-external', 'warning network-demanded'],
    ],
    ['a single disk in QEMU has no partition yet', { disk: 'sda1' }, ['error disk-not-there']],
    [
      'is fixed with a supplied kernel',
      { suppliedKernel: true, disk: 'sdb1' },
      ['error disk-kernel-fixed', 'warning kernel-on-faith'],
    ],
  ])('%s', (_what, changes, codes) => {
    expect(found(changes)).toEqual(codes);
  });

  test('does not matter for the first stage, nor in a sandbox', () => {
    expect(found({ ...BARE, disk: 'vda' }, [], 'stage0')).toEqual([]);
    expect(found({ machine: 'chroot', disk: 'vda' })).toEqual([]);
  });
});

describe('mirrors', () => {
  test.each<[string, string[], string[]]>([
    ['are needed', [], ['error mirrors-none']],
    ['with TLS alone come too late', ['https://a.example'], ['error mirrors-need-tls']],
    ['several are asked by chance', [MIRROR, 'https://a.example'], ['warning mirrors-by-chance']],
    ['of this computer’s files are out of reach', ['file:///srv'], ['error mirror-file']],
    ['that a shell would read are refused', ['http://a.example/$HOME'], ['error mirror-refused']],
    ['that are too long are refused', [`http://a.example/${'x'.repeat(2100)}`], ['error mirrors-too-long']],
  ])('%s', (_what, mirrors, codes) => {
    expect(found({ mirrors })).toEqual(codes);
  });

  test('on this host are not found from a real machine, but from QEMU', () => {
    const mirrors = ['http://127.0.0.1:8080'];
    expect(found({ mirrors })).toEqual([]);
    expect(found({ ...BARE, disk: 'sda', mirrors })).toContain('error mirror-loopback');
  });

  test('with TLS are enough in a sandbox, which shares this machine’s network', () => {
    expect(found({ machine: 'bwrap', mirrors: ['https://a.example'] })).toEqual([]);
  });
});

describe('the rest', () => {
  test.each<[string, Changes, string[]]>([
    [
      'an interactive run silences its serial port',
      { interactive: true },
      ['warning serial-silent', 'warning interactive-waits'],
    ],
    ['unless the console is serial', { interactive: true, console: 'serial' }, ['warning interactive-waits']],
    [
      'a real machine that prints on serial has a dark screen',
      { ...BARE, disk: 'sda1', console: 'serial' },
      ['warning disk-taken-over', 'warning screen-silent'],
    ],
    ['another processor is for upstream’s developers', { arch: 'riscv64' }, ['error arch-unsupported']],
    ['a disk that ends before its partition begins', { targetSizeMiB: 512 }, ['warning disk-too-small']],
    ['a small disk', { targetSizeMiB: 4096 }, ['warning disk-small']],
    [
      'a small external disk',
      { ...OFFLINE, externalSizeMiB: 2048 },
      ['warning disk-small', 'warning network-demanded'],
    ],
    ['swap that leaves no room', { swapMiB: 16_000 }, ['error swap-too-large']],
    ['swap in a sandbox', { machine: 'chroot', swapMiB: 4096 }, ['warning swap-in-sandbox']],
    ['an empty configuration', { createConfig: false }, ['error config-empty']],
    ['unchecked checksums', { updateChecksums: true }, ['warning checksums-unchecked']],
    ['kernels that are built anyway', { buildKernels: true }, ['warning build-kernels-idle']],
    ['a kernel in a sandbox', { machine: 'bwrap', suppliedKernel: true }, ['error kernel-in-sandbox']],
    ['upstream’s own tests', { internalCi: 'pass1' }, ['warning internal-ci']],
    [
      'a preseed on builder-hex0',
      { earlyPreseed: true },
      ['warning preseed-skips-fiwix', 'warning preseed-on-faith'],
    ],
    ['all distfiles on a disk, yet a network is demanded', OFFLINE, ['warning network-demanded']],
  ])('%s', (_what, changes, codes) => {
    expect(found(changes)).toEqual(codes);
  });

  test('offline without all distfiles is an error', () => {
    expect(found({}, ['offline'])).toEqual(['error offline-without-sources']);
  });

  test('an own configuration in an overlay takes the place of a created one', () => {
    expect(found({ createConfig: false }, ['own-configuration'])).toEqual([]);
  });

  test('errors come first, and every finding explains itself', () => {
    const findings = checkConfiguration(
      { ...DEFAULT_CONFIGURATION, interactive: true, disk: 'vda', updateChecksums: true },
      { goal: 'end', overlays: [] },
    );
    const levels = findings.map(({ level }) => level);
    expect(levels).toEqual([...levels].sort());
    expect(new Set(findings.map(({ code }) => code)).size).toBe(findings.length);
    for (const { why, level, hint } of findings) {
      expect(why.length).toBeGreaterThan(30);
      if (level === 'error') expect(hint).not.toBe('');
    }
  });
});

describe('a bootstrap.cfg of one’s own', () => {
  const base = { ...DEFAULT_CONFIGURATION, mirrors: [MIRROR], createConfig: false };
  const created = formatBootstrapCfg({ ...base, createConfig: true });
  const codesOf = (text: string): string[] =>
    checkOwnConfiguration(text, base).findings.map(({ code }) => code);

  test('that was created is right', () => {
    expect(codesOf(created)).toEqual([]);
  });

  test.each<[string, string, string, string]>([
    ['swap with a unit', 'SWAP_SIZE=0', 'SWAP_SIZE=4G', 'swap-not-mib'],
    ['a switch in small letters', 'INTERACTIVE=False', 'INTERACTIVE=true', 'config-switch'],
    ['words without quotes', `MIRRORS="${MIRROR}"`, `MIRRORS=${MIRROR} http://b.example`, 'config-value'],
    ['a command in quotes', `MIRRORS="${MIRROR}"`, 'MIRRORS="$(reboot)"', 'config-value'],
    ['another start', 'KERNEL_BOOTSTRAP=True', 'KERNEL_BOOTSTRAP=False', 'config-other-start'],
    ['no disk', 'DISK=sda\n', '', 'config-incomplete'],
    ['a line without =', 'DISK=sda', 'DISK', 'config-unreadable'],
  ])('with %s is refused', (_what, from, to, code) => {
    expect(created).toContain(from);
    expect(codesOf(created.replace(from, to))).toEqual([code]);
  });

  test('without a line end at its end is refused', () => {
    expect(codesOf(created.slice(0, -1))).toEqual(['config-unreadable']);
  });

  test('is what the other rules look at', () => {
    const text = created.replace('DISK=sda', 'DISK=vda').replace('SWAP_SIZE=0', 'SWAP_SIZE=90000');
    const { configuration } = checkOwnConfiguration(text, base);
    expect(configuration).toMatchObject({ disk: 'vda', swapMiB: 90_000, mirrors: [MIRROR] });
    const findings = checkConfiguration(configuration, { goal: 'end', overlays: ['own-configuration'] });
    expect(findings.map(({ code }) => code)).toEqual(['disk-no-driver', 'swap-too-large']);
  });
});

describe('presets', () => {
  test('are what the contract says, each with an id of its own', () => {
    for (const preset of IMAGE_PRESETS) expect(ImagePreset.parse(preset)).toEqual(preset);
    expect(new Set(IMAGE_PRESETS.map(({ id }) => id)).size).toBe(IMAGE_PRESETS.length);
  });

  test.each(IMAGE_PRESETS.filter(({ configuration }) => configuration !== null))(
    '$id can be built as soon as what it asks for is chosen, and what it asks for is needed',
    ({ goal, configuration, overlays, asks }) => {
      const chosen: Changes = {
        ...(asks.includes('mirrors') ? { mirrors: [MIRROR] } : {}),
        ...(asks.includes('disk') ? { disk: 'sda1' } : {}),
      };
      const errorsWith = (changes: Changes): string[] =>
        checkConfiguration(BootstrapConfiguration.parse({ ...configuration, ...changes }), {
          goal: goal === 'stage0' ? 'stage0' : 'end',
          overlays,
        }).flatMap(({ level, code }) => (level === 'error' ? [code] : []));
      expect(errorsWith(chosen)).toEqual([]);
      expect(errorsWith({}).length).toBe(Object.keys(chosen).length);
    },
  );
});
