// The chain of a real checkout.
import { describe, expect, it } from 'vitest';
import { readCheckoutChain } from '../../src/engine/chain/chain.ts';
import { Chain } from '../../src/shared/model/chain.ts';
import { answerWhy } from '../../src/engine/formats/chain/chain-ways.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'];

describe.skipIf(checkout === undefined)(
  'the chain of live-bootstrap (skipped unless LIVE_BOOTSTRAP_DIR names a checkout)',
  () => {
    it('leads all 170 builds down to the boot sector, gcc by eleven compilers', async () => {
      const chain = await readCheckoutChain({ path: checkout ?? '' });
      expect(chain.totals).toMatchObject({ builds: 170, reaching: 170 });
      expect(chain.unreachable).toEqual([]);
      expect(Chain.parse(chain)).toEqual(chain);

      const { ways } = answerWhy(chain, 'gcc-15.2.0');
      const makers = ways.find(({ kind }) => kind === 'makers')?.steps.map(({ node }) => node.id) ?? [];
      expect(makers.slice(0, 11)).toEqual([
        'gcc-15.2.0#1',
        'gcc-10.5.0#1',
        'gcc-4.7.4#1',
        'gcc-4.0.4#2',
        'gcc-4.0.4#1',
        'tcc-0.9.27#5',
        'tcc-0.9.27#4',
        'tcc-0.9.27#3',
        'tcc-0.9.27#2',
        'tcc-0.9.26#1',
        'mes-0.27.1#1',
      ]);
      for (const name of ['cc_x86', 'M0', 'hex2-0', 'hex1', 'hex0', 'hex0-seed'])
        expect(makers.some((id) => id.endsWith(`/${name}`))).toBe(true);
      expect(makers.at(-1)).toBe('boot-sector');

      const packaged = Object.fromEntries(chain.rebuilds.map(({ step, packages }) => [step, packages]));
      expect(packaged).toMatchObject({
        'tcc-0.9.27': 4,
        'musl-1.1.24': 4,
        'gcc-4.0.4': 2,
        'binutils-2.41': 2,
      });
    });
  },
);
