// The 273 expected outputs of live-bootstrap, read out of a boot image that was built from it: what was booted is what a run is held against.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseBootstrapVariables } from '../../src/engine/formats/bootstrap-variables.ts';
import { buildImage } from '../../src/engine/image/build.ts';
import { findBootedLists } from '../../src/engine/results/booted-lists.ts';
import { expectedOutputs } from '../../src/engine/results/expected-outputs.ts';
import { DEFAULT_CONFIGURATION } from '../../src/shared/model/bootstrap-config.ts';
import { useTempFolders } from '../support/temp.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'];
const makeFolder = useTempFolders();

describe.skipIf(checkout === undefined)(
  'the lists in a boot image (skipped unless LIVE_BOOTSTRAP_DIR names a checkout)',
  () => {
    it('give the same 273 outputs as the checkout', async () => {
      const root = makeFolder();
      const image = join(root, 'boot.img');
      const record = await buildImage(
        {
          kind: 'live-bootstrap',
          goal: 'stage0',
          checkoutPath: checkout ?? '',
          distfiles: { from: 'folder', path: root },
          configuration: { ...DEFAULT_CONFIGURATION, targetSizeMiB: 0 },
          repoPath: null,
          preseedPath: null,
          overlays: [],
        },
        image,
        join(root, 'image.json'),
        { replace: false },
      );
      const nowhere = () => Promise.resolve(null);
      const lists = await findBootedLists(record, { images: [image], checkout: nowhere });
      if (lists === null) throw new Error('the image has no lists');
      const variables = parseBootstrapVariables(record.bootstrapCfg ?? '');
      const { outputs, unused } = await expectedOutputs(lists.read, variables);
      expect(outputs).toHaveLength(273);
      expect(unused).toEqual(['libffi-3.3_0.tar.bz2']);
      expect(
        await findBootedLists(record, { images: [join(root, 'gone.img')], checkout: nowhere }),
      ).toBeNull();
    });
  },
);
