// The images in the data folder: built once, found again, checked, removed, watched.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { openDataFolder } from '../../src/engine/data-folder.ts';
import { buildImage, type BuildRequest, recordPathFor } from '../../src/engine/image/build.ts';
import { type ImageStore, openImageStore } from '../../src/engine/image/image-store.ts';
import { Image } from '../../src/shared/model/image.ts';
import { bootstrapRequest } from '../support/build-request.ts';
import { type CheckoutFixture, makeCheckout } from '../support/checkout-fixture.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();

let folder = '';
let images = '';
let store: ImageStore;
beforeEach(async () => {
  folder = makeFolder();
  ({ images } = await openDataFolder(join(folder, 'home')));
  store = openImageStore({ images });
});

function stage0Of(fixture: CheckoutFixture, cores = 2): BuildRequest {
  return bootstrapRequest(fixture, { goal: 'stage0', configuration: { cores } });
}

test('an image is two files in a folder whose name tells goal and inputs', async () => {
  const image = await store.buildIntoStore({ kind: 'boot-check' });
  expect(image.id).toMatch(/^boot-check-[0-9a-f]{16}$/);
  expect(readdirSync(images)).toEqual([image.id]);
  expect(readdirSync(join(images, image.id)).sort()).toEqual(['boot.img', 'image.json']);
  expect(await store.get(image.id)).toEqual(image);
  expect(await store.list()).toEqual([image]);
  expect(Image.safeParse(image).success).toBe(true);
});

describe('the same inputs', () => {
  test('are built once; the second time the image is checked, and that is said', async () => {
    const request = stage0Of(await makeCheckout(folder));
    const buildAndNote = async (): Promise<string[]> => {
      const seen = new Set<string>();
      await store.buildIntoStore(request, { report: ({ step }) => seen.add(step) });
      return [...seen];
    };
    expect(await buildAndNote()).toEqual(['read', 'write']);
    expect(await buildAndNote()).toEqual(['read', 'found']);
    expect(await store.list()).toHaveLength(1);
  });

  test('in another place and order are the same image', async () => {
    const [one, two] = [makeFolder(), makeFolder()];
    const first = await store.buildIntoStore(stage0Of(await makeCheckout(one)));
    const second = await store.buildIntoStore(stage0Of(await makeCheckout(two, { backwards: true })));
    expect(second).toEqual(first);
  });

  test('are built anew when the image is damaged or its record is', async () => {
    const request = stage0Of(await makeCheckout(folder));
    const { id, path } = await store.buildIntoStore(request);
    const [bytes, record] = [readFileSync(path), readFileSync(recordPathFor(path))];
    const spoiled = Buffer.from(bytes);
    spoiled[300_000] = 1;
    for (const spoil of [
      () => writeFileSync(path, spoiled),
      () => writeFileSync(path, 'nothing of an image'),
      () => writeFileSync(recordPathFor(path), '{}'),
      () => rmSync(recordPathFor(path)),
    ]) {
      spoil();
      expect((await store.buildIntoStore(request)).id).toBe(id);
      expect(readFileSync(path).equals(bytes)).toBe(true);
      expect(readFileSync(recordPathFor(path)).equals(record)).toBe(true);
    }
    expect(readdirSync(images)).toEqual([id]);
  });

  test('asked for at the same time, by one host or by two, are one image', async () => {
    const request = stage0Of(await makeCheckout(folder));
    const other = openImageStore({ images });
    const built = await Promise.all([store, store, other].map((one) => one.buildIntoStore(request)));
    expect(new Set(built.map(({ id }) => id)).size).toBe(1);
    expect(readdirSync(images)).toHaveLength(1);
    expect((await store.list()).map(({ id }) => id)).toEqual([built[0]?.id]);
  });
});

test('a configuration that changes no byte is another image too, since its record differs', async () => {
  const fixture = await makeCheckout(folder);
  const built = await Promise.all(
    [16_384, 32_768].map((externalSizeMiB) =>
      store.buildIntoStore(bootstrapRequest(fixture, { goal: 'stage0', configuration: { externalSizeMiB } })),
    ),
  );
  expect(new Set(built.map(({ record }) => record.inputDigest)).size).toBe(1);
  expect(built.map(({ record }) => record.configuration?.externalSizeMiB)).toEqual([16_384, 32_768]);
});

test('another configuration is another image', async () => {
  const fixture = await makeCheckout(folder);
  const ids = [
    await store.buildIntoStore(stage0Of(fixture, 2)),
    await store.buildIntoStore(stage0Of(fixture, 3)),
  ];
  expect(new Set(ids.map(({ id }) => id)).size).toBe(2);
  expect((await store.list()).map(({ id }) => id)).toEqual(ids.map(({ id }) => id).sort());
});

test('a build that fails or is cancelled leaves nothing in the folder', async () => {
  const fixture = await makeCheckout(folder, { edit: (files) => files.set('steps/two words', 'x') });
  expect(await refusalOf(() => store.buildIntoStore(stage0Of(fixture)))).toMatchObject([
    'SRCFS_NAME_REFUSED',
    {},
  ]);
  rmSync(join(fixture.path, 'steps', 'two words'));
  const controller = new AbortController();
  expect(
    await refusalOf(() =>
      store.buildIntoStore(stage0Of(fixture), {
        signal: controller.signal,
        report: ({ step, done, total }) => {
          if (step === 'read' && done === total) controller.abort();
        },
      }),
    ),
  ).toMatchObject(['CANCELLED', {}]);
  expect(readdirSync(images)).toEqual([]);
});

describe('what is not an image of ours', () => {
  test.each([1, 3])('a record of version %i is refused with words, and the list goes on', async (version) => {
    const { id } = await store.buildIntoStore({ kind: 'boot-check' });
    mkdirSync(join(images, 'stage0-of-another-time'));
    writeFileSync(join(images, 'stage0-of-another-time', 'boot.img'), 'x');
    writeFileSync(
      join(images, 'stage0-of-another-time', 'image.json'),
      JSON.stringify({ version, kind: 'stage0' }),
    );
    expect((await store.list()).map((image) => image.id)).toEqual([id]);
    expect(await refusalOf(() => store.get('stage0-of-another-time'))).toMatchObject([
      'RECORD_OUTDATED',
      { version, known: 2 },
    ]);
    await store.remove('stage0-of-another-time');
    expect(readdirSync(images)).toEqual([id]);
  });

  test('is left out of the list; asking for it says why', async () => {
    const { id, path } = await store.buildIntoStore({ kind: 'boot-check' });
    writeFileSync(recordPathFor(path), 'no record');
    mkdirSync(join(images, 'something-else'));
    mkdirSync(join(images, `${id}.abcdef12.partial`));
    expect(await store.list()).toEqual([]);
    expect(await refusalOf(() => store.get(id))).toMatchObject(['RECORD_INVALID', {}]);
    expect(await refusalOf(() => store.get('something-else'))).toEqual([
      'IMAGE_NOT_FOUND',
      { image: 'something-else' },
    ]);
  });

  test.each(['../home', '..', '.', '', 'a/b', 'A'])('the id %j reaches nothing', async (id) => {
    expect(await refusalOf(() => store.get(id))).toEqual(['IMAGE_NOT_FOUND', { image: id }]);
    expect(await refusalOf(() => store.remove(id))).toEqual(['IMAGE_NOT_FOUND', { image: id }]);
    expect(existsSync(images)).toBe(true);
  });
});

test('a removed image is gone at once', async () => {
  const { id } = await store.buildIntoStore({ kind: 'boot-check' });
  await store.remove(id);
  expect(readdirSync(images)).toEqual([]);
  expect(await refusalOf(() => store.remove(id))).toEqual(['IMAGE_NOT_FOUND', { image: id }]);
});

describe('watching', () => {
  test('gives the list now and when this host or another changes it, and ends with its signal', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const watching = (async () => {
      for await (const list of store.watch(controller.signal)) seen.push(list.length);
    })();
    const until = async (counts: number[]): Promise<void> => {
      for (let tries = 0; tries < 100 && seen.length < counts.length; tries += 1) await sleep(30);
      expect(seen).toEqual(counts);
    };
    await until([0]);
    const { id } = await store.buildIntoStore({ kind: 'boot-check' });
    await until([0, 1]);
    await openImageStore({ images }).remove(id);
    await until([0, 1, 0]);
    controller.abort();
    await watching;
  });
});

describe('a file of the user’s', () => {
  test('with its record is taken with it', async () => {
    const path = join(folder, 'mine.img');
    const record = await buildImage({ kind: 'boot-check' }, path, recordPathFor(path), { replace: false });
    expect(await store.fromFile(path)).toEqual({ path, record });
  });

  test('without a record has the same one again, but for what the bytes do not tell', async () => {
    const { path, record } = await store.buildIntoStore(stage0Of(await makeCheckout(folder)));
    const alone = join(folder, 'foreign.img');
    renameSync(path, alone);
    expect((await store.fromFile(alone)).record).toEqual({
      ...record,
      checkout: null,
      configuration: null,
      bootstrapCfg: null,
      warnings: [],
    });
    const check = await store.buildIntoStore({ kind: 'boot-check' });
    renameSync(check.path, alone);
    expect((await store.fromFile(alone)).record).toEqual(check.record);
  });

  test('with distfiles is for the whole bootstrap, and names them', async () => {
    const fixture = await makeCheckout(folder);
    const path = join(folder, 'mine.img');
    const record = await buildImage(bootstrapRequest(fixture), path, recordPathFor(path), { replace: false });
    rmSync(recordPathFor(path));
    const found = await store.fromFile(path);
    expect([found.record.goal, found.record.distfiles]).toEqual(['end', record.distfiles]);
  });

  test('that is no image is refused', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'x');
    expect(await refusalOf(() => store.fromFile(path))).toMatchObject(['IMAGE_UNREADABLE', { path }]);
  });
});
