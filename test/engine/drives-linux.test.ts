// The drives of this very computer, with loop devices that the test makes: needs Linux, root and loop devices.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import type { Drives } from '../../src/engine/drives/drives.ts';
import type { ListedDrive } from '../../src/shared/model/drive.ts';
import { useTempFolders } from '../support/temp.ts';

const canLoop =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  existsSync('/dev/loop-control') &&
  existsSync('/usr/bin/python3');
if (!canLoop && process.env['REQUIRE_TOOLS'] === '1')
  throw new Error('needs Linux, root, loop devices and python3');

const tempFolder = useTempFolders();

/** A loop device of that size, gone with the test. Its file is gone with the test's folder. */
function loopDevice(sizeBytes: number, ...options: string[]): { path: string; name: string; file: string } {
  const file = join(tempFolder(), 'drive.img');
  writeFileSync(file, '');
  truncateSync(file, sizeBytes);
  return attach(file, ...options);
}

function attach(file: string, ...options: string[]): { path: string; name: string; file: string } {
  const path = run('losetup', '--find', '--show', ...options, file).trim();
  onTestFinished(() => void run('losetup', '--detach', path));
  return { path, name: path.slice('/dev/'.length), file };
}

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

async function openDrives(dataRoot = join(tempFolder(), 'data')): Promise<Drives> {
  const host = { kind: 'command line', choose: null } as const;
  const engine = await openEngine({ host, env: process.env, dataRoot });
  onTestFinished(() => engine.close());
  return engine.drives;
}

function codesOf({ findings }: ListedDrive): string[] {
  return findings.filter(({ level }) => level === 'refuse').map(({ code }) => code);
}

describe.skipIf(!canLoop)('drives of this computer (needs Linux, root, loop devices and python3)', () => {
  it('refuses the drive that / lies on, and the one that holds the data folder', async () => {
    const drives = await openDrives();
    const { drives: all, problems } = await drives.list();
    expect(problems).toEqual([]);
    const systems = all.filter(({ drive }) => drive.system);
    expect(systems.length).toBeGreaterThan(0);
    for (const listed of systems) {
      expect(codesOf(listed)).toContain('system');
      expect(listed.confirmation).toBeNull();
    }
    const source = run('findmnt', '--noheadings', '--output', 'SOURCE', '--target', '/').trim();
    if (!source.startsWith('/dev/')) return;
    expect(systems.some(({ drive }) => source.startsWith(drive.path))).toBe(true);
  });

  it('lists a loop device with its file, file system, label and size, free to be written', async () => {
    const { path, name, file } = loopDevice(16 * 1024 * 1024);
    run('mkfs.ext2', '-q', '-L', 'on a loop', path);
    const found = await (await openDrives()).show(path);
    expect(found.drive).toMatchObject({
      path,
      kernelName: name,
      sizeBytes: 16 * 1024 * 1024,
      isLoop: true,
      backingFile: file,
      fsType: 'ext2',
      label: 'on a loop',
      bus: 'loop',
      uses: [],
      system: false,
    });
    expect(found.drive.identity.diskseq).toBeGreaterThan(0);
    expect(codesOf(found)).toEqual([]);
    expect(found.confirmation?.kind).toBe('typed');
  });

  it('tells an ordinary mount as one that it can unmount, another as somebody’s, and who has files open there', async () => {
    const { path } = loopDevice(16 * 1024 * 1024);
    run('mkfs.ext2', '-q', path);
    const drives = await openDrives();
    const ordinary = join('/media', `seedbed-test-${process.pid}`);
    mkdirSync(ordinary, { recursive: true });
    run('mount', path, ordinary);
    onTestFinished(() => {
      run('umount', ordinary);
      run('rmdir', ordinary);
    });
    const mounted = await drives.show(path);
    expect(codesOf(mounted)).toEqual([]);
    expect(mounted.findings.map(({ code }) => code)).toContain('will-unmount');
    expect(mounted.drive.mountPoints).toEqual([ordinary]);

    const holder = spawn('sleep', ['600'], { cwd: ordinary, stdio: 'ignore' });
    const held = await until(
      () => drives.show(path),
      (listed) => codesOf(listed).includes('in-use'),
    );
    expect(held.findings.map(({ why }) => why).join()).toContain(`sleep (process ${holder.pid ?? 0})`);
    const gone = new Promise((done) => holder.once('exit', done));
    holder.kill('SIGKILL');
    await gone;

    const elsewhere = tempFolder();
    run('mount', path, elsewhere);
    try {
      expect(codesOf(await drives.show(path))).toEqual(['in-use']);
    } finally {
      run('umount', elsewhere);
    }
  });

  it('names the process that has the device itself open', async () => {
    const { path } = loopDevice(1024 * 1024);
    const holder = spawn('sh', ['-c', `exec sleep 600 < ${path}`], { stdio: 'ignore' });
    onTestFinished(async () => {
      const gone = new Promise((done) => holder.once('exit', done));
      holder.kill('SIGKILL');
      await gone;
    });
    const drives = await openDrives();
    const held = await until(
      () => drives.show(path),
      (listed) => codesOf(listed).includes('in-use'),
    );
    expect(held.findings.map(({ why }) => why).join()).toContain(`has ${path} open`);
  });

  it('refuses a loop device that swap goes to, that is read-only, or that is a file of the data folder', async () => {
    const swap = loopDevice(16 * 1024 * 1024);
    run('mkswap', swap.path);
    run('swapon', swap.path);
    const drives = await openDrives();
    try {
      expect(codesOf(await drives.show(swap.path))).toContain('system');
    } finally {
      run('swapoff', swap.path);
    }
    expect(codesOf(await drives.show(loopDevice(1024 * 1024, '--read-only').path))).toContain('read-only');

    const data = tempFolder();
    mkdirSync(join(data, 'images'));
    const image = join(data, 'images', 'boot.img');
    writeFileSync(image, Buffer.alloc(1024 * 1024));
    const own = attach(image);
    expect(codesOf(await (await openDrives(data)).show(own.path))).toContain('holds-data-folder');
    const listed = await drives.showFor(own.path, { path: image, sizeBytes: 2 * 1024 * 1024 });
    expect(codesOf(listed)).toEqual(['holds-image', 'too-small']);
  });

  it('refuses a loop device that holds the data folder, or below a loop device on it', async () => {
    const outer = loopDevice(32 * 1024 * 1024);
    run('mkfs.ext2', '-q', outer.path);
    const place = join('/media', `seedbed-outer-${process.pid}`);
    mkdirSync(place, { recursive: true });
    run('mount', outer.path, place);
    const data = join(place, 'data');
    mkdirSync(data);
    const inner = join(place, 'inner.img');
    writeFileSync(inner, Buffer.alloc(1024 * 1024));
    const innerLoop = run('losetup', '--find', '--show', inner).trim();
    try {
      const drives = await openDrives(data);
      const listed = await drives.show(outer.path);
      expect(codesOf(listed)).toContain('holds-data-folder');
      expect(codesOf(listed)).toContain('in-use');
      expect(listed.drive.uses.map(({ why }) => why).join()).toContain(`${innerLoop} is the file ${inner}`);
    } finally {
      run('losetup', '--detach', innerLoop);
      run('umount', place);
      run('rmdir', place);
    }
  });

  it('refuses the loop device that a chroot’s root folder lies on, asked from outside', async () => {
    const { path } = loopDevice(16 * 1024 * 1024);
    run('mkfs.ext2', '-q', path);
    const place = join('/mnt', `seedbed-root-${process.pid}`);
    mkdirSync(place, { recursive: true });
    run('mount', path, place);
    // A process whose root folder is there, without needing a program in it.
    const holder = spawn(
      'python3',
      ['-c', `import os,time; os.chroot(${JSON.stringify(place)}); os.chdir('/'); time.sleep(600)`],
      { stdio: 'ignore' },
    );
    try {
      const drives = await openDrives();
      const listed = await until(
        () => drives.show(path),
        (one) => codesOf(one).includes('in-use'),
      );
      expect(listed.findings.map(({ why }) => why).join()).toContain('has its root folder on it');
      expect(listed.confirmation).toBeNull();
    } finally {
      const gone = new Promise((done) => holder.once('exit', done));
      holder.kill('SIGKILL');
      await gone;
      run('umount', place);
      run('rmdir', place);
    }
  });

  it('watches: a loop device that comes, is mounted, and goes is told', async () => {
    const drives = await openDrives();
    const end = new AbortController();
    const views = drives.watch(end.signal);
    await views.next();
    const file = join(tempFolder(), 'drive.img');
    writeFileSync(file, Buffer.alloc(4 * 1024 * 1024));
    const path = run('losetup', '--find', '--show', file).trim();
    const saw = async (there: boolean): Promise<void> => {
      for await (const { drives: all } of { [Symbol.asyncIterator]: () => ({ next: () => views.next() }) })
        if (all.some(({ drive }) => drive.path === path && drive.backingFile === file) === there) return;
    };
    try {
      await saw(true);
    } finally {
      run('losetup', '--detach', path);
    }
    await saw(false);
    end.abort();
    expect((await views.next()).done).toBe(true);
  });

  it('knows a drive by id, kernel name and path, and no other by a part of them', async () => {
    const { path, name } = loopDevice(1024 * 1024);
    const drives = await openDrives();
    const { drive } = await drives.show(name);
    expect((await drives.show(drive.id)).drive.path).toBe(path);
    for (const wrong of [name.slice(0, -1), `${name}p1`, '/dev', drive.id.slice(0, -1)])
      await expect(drives.show(wrong)).rejects.toMatchObject({ code: 'DRIVE_NOT_FOUND' });
    await expect(drives.protect(name, true)).rejects.toMatchObject({ code: 'DRIVE_NAMELESS' });
  });
});

async function until<T>(look: () => Promise<T>, isDone: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await look();
    if (isDone(value)) return value;
    await new Promise((done) => setTimeout(done, 50));
  }
}
