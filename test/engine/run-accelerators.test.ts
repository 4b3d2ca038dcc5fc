// Which accelerator a run gets, with a QEMU that is made up: probed by a boot check, said in words, and no process left.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { examine } from '../../src/engine/doctor.ts';
import { openDataFolder } from '../../src/engine/data-folder.ts';
import { launchTied } from '../../src/engine/run/launch.ts';
import { createFakeImage } from '../support/fake-image.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { useRunHosts, watchToEnd } from '../support/run-host.ts';
import { PLENTY, quietContext, startRequest } from '../support/run-settings.ts';
import { processesIn, useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const openHost = useRunHosts();
const fakeQemu = useFakeQemu();
/** Opens for reading and writing, as a KVM device does. */
const DEVICE = '/dev/null';

describe('auto', () => {
  test('takes KVM when the boot check passes with it', async () => {
    const root = tempFolder();
    const runs = await openHost({ root, qemu: fakeQemu(root), kvmDevice: DEVICE });
    const record = await runs.start(startRequest(root, { accelerator: 'auto' }), quietContext);
    expect(record.accelerator).toMatchObject({
      asked: 'auto',
      used: 'kvm',
      probes: [{ accelerator: 'kvm', works: true }],
    });
    expect(record.argv).toContain('kvm');
    await watchToEnd(runs, record.id);
  });

  test('falls back to TCG with QEMU’s own reason when KVM breaks', async () => {
    const root = tempFolder();
    const runs = await openHost({ root, qemu: fakeQemu(root, { kvm: 'broken' }), kvmDevice: DEVICE });
    const began = performance.now();
    const record = await runs.start(startRequest(root, { accelerator: 'auto' }), quietContext);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(record.accelerator.used).toBe('tcg');
    expect(record.accelerator.reason).toContain('KVM internal error. Suberror: 1');
    const last = (await watchToEnd(runs, record.id)).at(-1);
    expect(last?.record.verdict?.outcome).toBe('passed');
    expect((await runs.events(record.id))[1]).toMatchObject({ kind: 'probed' });
  });

  test('remembers what a probe found, until QEMU is another or the doctor looks again', async () => {
    const root = tempFolder();
    const broken = fakeQemu(root, { kvm: 'broken' });
    const options = { root, qemu: broken, kvmDevice: DEVICE };
    const runs = await openHost(options);
    const { accelerator: first } = await runs.start(
      startRequest(root, { accelerator: 'auto' }),
      quietContext,
    );
    // Another host, and a KVM that would work now.
    fakeQemu(root, {});
    const again = await openHost(options);
    const { accelerator: second } = await again.start(
      startRequest(root, { accelerator: 'auto' }),
      quietContext,
    );
    expect(second.probes).toEqual(first.probes);
    expect(second.reason).toMatch(/tried on \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    await examine({
      folder: await openDataFolder(join(root, 'data')),
      images: { buildIntoStore: () => Promise.resolve(createFakeImage(root)) },
      env: { ...process.env, SEEDBED_QEMU: broken },
      memory: PLENTY,
      kvmDevice: DEVICE,
    });
    const third = await again.start(startRequest(root, { accelerator: 'auto' }), quietContext);
    expect(third.accelerator.used).toBe('kvm');
    const newer = await openHost({ ...options, qemu: fakeQemu(root, { kvm: 'broken', version: '9.1.0' }) });
    const fourth = await newer.start(startRequest(root, { accelerator: 'auto' }), quietContext);
    expect(fourth.accelerator.used).toBe('tcg');
  });

  test('falls back to TCG when KVM says nothing at all', async () => {
    const root = tempFolder();
    const runs = await openHost({
      root,
      qemu: fakeQemu(root, { kvm: 'silent' }),
      kvmDevice: DEVICE,
      probeTimeouts: { kvm: 300, tcg: 300 },
    });
    const record = await runs.start(startRequest(root, { accelerator: 'auto' }), quietContext);
    expect(record.accelerator).toMatchObject({ used: 'tcg', probes: [{ works: false }] });
    expect(record.accelerator.reason).toContain('no end in 0.3 s');
    await watchToEnd(runs, record.id);
  });

  test('says without a boot that there is no KVM, or that it may not be opened', async () => {
    const root = tempFolder();
    const closed = join(root, 'kvm');
    writeFileSync(closed, '');
    chmodSync(closed, 0o000);
    const cases = [
      [join(root, 'absent'), 'there is no'],
      // Root may open everything.
      ...(process.getuid?.() === 0 ? [] : [[closed, 'group kvm'] as const]),
    ] as const;
    for (const [device, words] of cases) {
      const runs = await openHost({
        root,
        qemu: fakeQemu(root),
        kvmDevice: device,
        images: { buildIntoStore: () => Promise.reject(new Error('a boot was not needed')) },
      });
      const record = await runs.start(startRequest(root, { accelerator: 'auto' }), quietContext);
      expect(record.accelerator.used).toBe('tcg');
      expect(record.accelerator.reason).toContain(words);
      await watchToEnd(runs, record.id);
    }
  });
});

test('asking for a KVM that is broken is an error, and nothing is made', async () => {
  const root = tempFolder();
  const runs = await openHost({ root, qemu: fakeQemu(root, { kvm: 'broken' }), kvmDevice: DEVICE });
  await expect(runs.start(startRequest(root, { accelerator: 'kvm' }), quietContext)).rejects.toMatchObject({
    code: 'ACCELERATOR_UNAVAILABLE',
    data: { accelerator: 'kvm', reason: 'KVM internal error. Suberror: 1' },
  });
  expect(await runs.list()).toEqual([]);
});

test('a cancelled probe leaves no QEMU', async () => {
  const root = tempFolder();
  const runs = await openHost({ root, qemu: fakeQemu(root, { kvm: 'silent' }), kvmDevice: DEVICE });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 300);
  const context = { ...quietContext, signal: controller.signal };
  await expect(runs.start(startRequest(root, { accelerator: 'auto' }), context)).rejects.toThrow(/abort/i);
  expect(await processesIn(root)).toEqual([]);
});

test('a program tied to its host ends with its output read, and dies when the pipe to it closes', async () => {
  const root = tempFolder();
  const ended = await new Promise((resolve) => {
    const child = launchTied(['/bin/sh', '-c', 'echo out; exit 7'], process.env);
    child.on('close', resolve);
    child.stdout?.resume();
  });
  expect(ended).toBe(7);
  writeFileSync(join(root, 'file'), '');
  const child = launchTied(['tail', '-f', join(root, 'file')], process.env);
  await sleep(100);
  expect((await processesIn(root)).length).toBeGreaterThan(0);
  child.stdin?.destroy();
  await new Promise((resolve) => child.on('close', resolve));
});

describe('doctor', () => {
  test('names every check, and what to do about a KVM that does not work', async () => {
    const root = tempFolder();
    const { findings, probes } = await examine({
      folder: await openDataFolder(join(root, 'data')),
      images: { buildIntoStore: () => Promise.resolve(createFakeImage(root)) },
      env: { ...process.env, SEEDBED_QEMU: fakeQemu(root, { kvm: 'broken' }) },
      memory: PLENTY,
      kvmDevice: DEVICE,
    });
    expect(
      findings.map(({ id, level }) => `${id} ${level}`).filter((line) => !/^(?:space|sandbox-)/.test(line)),
    ).toEqual(['node ok', 'git ok', 'qemu ok', 'kvm warning', 'tcg ok', 'memory ok']);
    expect(probes.map((probe) => probe.works)).toEqual([false, true]);
    for (const finding of findings) expect(finding.hint === '').toBe(finding.level === 'ok');
  });

  test('finds git missing or too old, which only a fetch of a checkout needs', async () => {
    const root = tempFolder();
    const bin = join(root, 'bin');
    mkdirSync(bin);
    const look = async (): Promise<unknown> => {
      const { findings } = await examine({
        folder: await openDataFolder(join(root, 'data')),
        images: { buildIntoStore: () => Promise.reject(new Error('not needed')) },
        env: { SEEDBED_QEMU: join(root, 'nothing') },
        memory: PLENTY,
      });
      return findings.find((finding) => finding.id === 'git');
    };
    vi.stubEnv('PATH', bin);
    try {
      expect(await look()).toMatchObject({
        level: 'warning',
        detail: 'git was not found.',
        hint: expect.stringContaining('Install git 2.30 or newer') as string,
      });
      writeFileSync(join(bin, 'git'), '#!/bin/sh\necho git version 2.29.3\n', { mode: 0o755 });
      expect(await look()).toMatchObject({
        level: 'warning',
        detail: 'git 2.29.3 is too old; 2.30 is the oldest that works.',
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('finds QEMU missing, and says how to get it', async () => {
    const root = tempFolder();
    const { findings, probes } = await examine({
      folder: await openDataFolder(join(root, 'data')),
      images: { buildIntoStore: () => Promise.reject(new Error('not needed')) },
      env: { SEEDBED_QEMU: join(root, 'nothing') },
      memory: { ...PLENTY, freeMiB: () => Promise.resolve(100) },
    });
    expect(probes).toEqual([]);
    expect(findings.find((finding) => finding.id === 'qemu')).toMatchObject({
      level: 'problem',
      hint: expect.stringContaining('Install it') as string,
    });
    expect(findings.find((finding) => finding.id === 'memory')?.level).toBe('warning');
  });
});
