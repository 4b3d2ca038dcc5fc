// The two-root check's commands, taken from kaem scripts, and where it cannot be done.
import { describe, expect, it } from 'vitest';
import { ddcUnavailable } from '../../src/engine/trust/ddc.ts';
import { compilerCommands, DDC_PARTS, finalCommands } from '../../src/engine/trust/ddc-recipe.ts';

const RUN = 'ARCH="x86"\nBASE="0x1000"\nFLAG=" "\nBOTH="${ARCH}-${BASE}"\n./bin/kaem --file x.kaem\n';
const FULL = `# a comment
./artifact/M2 --architecture \${ARCH} \\
	-f ../cc.c \\
	-o ./artifact/M2-1.M1
./bin/blood-elf \${FLAG} -f ./artifact/M2-1.M1 -o ./artifact/M2-1-footer.M1
./bin/M1 -f ./artifact/other.M1 -o ./artifact/other.hex2
./bin/hex2 --base-address \${BOTH} -f ./artifact/M2-1.hex2 -o ./bin/M2-Planet
cd ..
`;
const MINI = `./artifact/catm ./x86/artifact/early ./a
./artifact/hex2-0 ./x86/artifact/in ./x86/artifact/hex2-1
./x86/artifact/M2 -f ./one.c -o ./x86/artifact/M1-macro-1.M1
./x86/bin/hex2 -f ./two -o ./x86/bin/kaem
`;

describe('the recipe of the two-root check', () => {
  it('takes what makes M2-Planet, with variables put in and blank words left out', () => {
    expect(compilerCommands(FULL, RUN)).toEqual([
      {
        folder: 'x86',
        words: ['./artifact/M2', '--architecture', 'x86', '-f', '../cc.c', '-o', './artifact/M2-1.M1'],
      },
      {
        folder: 'x86',
        words: ['./bin/blood-elf', '-f', './artifact/M2-1.M1', '-o', './artifact/M2-1-footer.M1'],
      },
      {
        folder: 'x86',
        words: [
          './bin/hex2',
          '--base-address',
          'x86-0x1000',
          '-f',
          './artifact/M2-1.hex2',
          '-o',
          './bin/M2-Planet',
        ],
      },
    ]);
  });

  it('leaves out what the seed’s own first tools make', () => {
    expect(finalCommands(MINI).map(({ words }) => words[0])).toEqual(['./x86/artifact/M2', './x86/bin/hex2']);
    expect(DDC_PARTS).not.toContain('bootstrap-seeds');
  });

  it('says why it cannot be done', async () => {
    expect(await ddcUnavailable('darwin', {})).toContain('programs for Linux');
    expect(await ddcUnavailable('linux', { PATH: '/nowhere' })).toMatch(/no C compiler|programs for x86/);
  });
});
