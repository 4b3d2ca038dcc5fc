// The chain is read in the checkout's own files: what makes what, where it says so, and what has no way to the boot sector.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatChainDot } from '../../src/engine/formats/chain/chain-dot.ts';
import { formatChainSvg } from '../../src/engine/formats/chain/chain-svg.ts';
import { answerWhy } from '../../src/engine/formats/chain/chain-ways.ts';
import { parseKaemCommands } from '../../src/engine/formats/chain/kaem-lines.ts';
import { parsePackageName } from '../../src/engine/formats/chain/package-names.ts';
import { readChain } from '../../src/engine/formats/chain/read-chain.ts';
import { programWords } from '../../src/engine/formats/chain/shell-words.ts';
import { describeError } from '../../src/shared/error-texts.ts';
import { Chain, ChainAnswer } from '../../src/shared/model/chain.ts';
import { findIn, smallCheckout } from '../support/chain-checkout.ts';

type Files = Record<string, string>;

function chainOf(change: (files: Files) => void = () => undefined): Omit<Chain, 'rebuilds'> {
  const files = smallCheckout();
  change(files);
  return { commit: null, ...readChain(findIn(files)) };
}

/** `role>node` of what a node needs. */
function needsOf({ edges }: Pick<Chain, 'edges'>, node: string): string[] {
  return edges.filter(({ from }) => from === node).map(({ role, to }) => `${role}>${to}`);
}

function way(chain: Omit<Chain, 'rebuilds'>, name: string, kind: string): string[] {
  return answerWhy(chain, name)
    .ways.filter((one) => one.kind === kind)
    .flatMap(({ steps }) => steps.map(({ node }) => node.id));
}

describe('the chain of a small checkout', () => {
  it('reaches the boot sector from every build', () => {
    const { totals, unreachable } = chainOf();
    expect(totals).toMatchObject({ builds: 11, reaching: 11 });
    expect(unreachable).toEqual([]);
  });

  it('is a chain, and gives an answer, as the contract has it', () => {
    const chain = { ...chainOf(), rebuilds: [] };
    expect(Chain.parse(chain)).toEqual(chain);
    const answer = answerWhy(chain, 'gcc-9.0');
    expect(ChainAnswer.parse(answer)).toEqual(answer);
  });

  it('goes from a compiler to the compiler that compiled it, down to hex text', () => {
    expect(way(chainOf(), 'gcc-9.0', 'makers')).toEqual([
      'gcc-9.0#1',
      'gcc-4.0#1',
      'tcc-0.9#2',
      'tcc-0.9#1',
      'mes-1.0#1',
      '/usr/bin/M2-Planet',
      '/x86/bin/M2',
      '/bootstrap-seeds/hex0-seed',
      'builder-hex0',
      'boot-sector',
    ]);
  });

  it('changes the kernel where the manifest jumps', () => {
    const chain = chainOf();
    expect(way(chain, 'gcc-9.0', 'kernels')).toEqual([
      'gcc-9.0#1',
      'kern-1#1',
      'builder-hex0',
      'boot-sector',
    ]);
    expect(chain.stages.map(({ id, kernel }) => [id, kernel])).toEqual([
      ['seed', null],
      ['stage0', 'builder-hex0'],
      ['script-0', 'builder-hex0'],
      ['script-1', 'kern-1#1'],
      ['script-2', 'kern-1#1'],
    ]);
  });

  it('tells what a file names from what is in force', () => {
    const { edges } = chainOf();
    const compilers = edges.filter(({ role }) => role === 'compiler');
    expect(compilers.find(({ from }) => from === 'gcc-4.0#1')).toMatchObject({
      to: 'tcc-0.9#2',
      basis: 'named',
      evidence: { file: 'steps/gcc-4.0/pass1.sh', line: 2 },
    });
    expect(compilers.find(({ from }) => from === 'gcc-9.0#1')).toMatchObject({
      to: 'gcc-4.0#1',
      basis: 'in force',
      evidence: { file: 'steps/manifest', line: 13 },
    });
  });

  it('has for every edge the hash of the file that says so', () => {
    const files = smallCheckout();
    const { edges } = chainOf();
    expect(edges.length).toBeGreaterThan(50);
    for (const { evidence } of edges) {
      const text = files[evidence.file] ?? '(not there)';
      expect(evidence.sha256).toBe(createHash('sha256').update(text).digest('hex'));
      expect(evidence.line).toBeLessThanOrEqual(text.split('\n').length);
    }
  });

  it('reads what helpers.sh and Makefiles do for a step that has no script', () => {
    const needs = needsOf(chainOf(), 'tar-1.0#1');
    expect(needs).toContain('compiler>tcc-0.9#2');
    expect(needs.filter((need) => need.startsWith('tool>'))).toEqual([]);
    expect(needsOf(chainOf(), 'gcc-9.0#1')).toContain('tool>tar-1.0#1');
    expect(needsOf(chainOf(), 'gcc-4.0#1')).toContain('library>libz-1.0#1');
  });

  it('knows what is taken away, and by which line', () => {
    const { nodes } = chainOf();
    const gone = nodes.filter(({ uninstalled }) => uninstalled !== null);
    expect(gone.map(({ id, uninstalled }) => [id, uninstalled?.line])).toEqual([['perl-5.0#1', 10]]);
    expect(nodes.find(({ id }) => id === 'tcc-0.9#1')?.replacedBy).toBe('tcc-0.9#2');
  });

  it('takes in a step that nobody knew before', () => {
    const chain = chainOf((files) => {
      files['steps/manifest'] = `${files['steps/manifest'] ?? ''}build: newthing-1.0\nbuild: user-1.0\n`;
      files['steps/newthing-1.0/pass1.sh'] = 'src_compile() {\n    gcc x.c\n}\n';
      files['steps/user-1.0/pass1.sh'] = 'src_compile() {\n    newthing --make it\n}\n';
    });
    expect(needsOf(chain, 'user-1.0#1')).toContain('tool>newthing-1.0#1');
    expect(chain.totals).toMatchObject({ builds: 13, reaching: 13 });
  });
});

describe('what does not reach the boot sector is an error', () => {
  it.each<[string, (files: Files) => void, string, string]>([
    [
      'a program that no script makes',
      (files) => void (files['steps/kern-1/pass1.kaem'] = 'elsewhere -o kern kern.c\n'),
      'kern-1',
      'elsewhere',
    ],
    [
      'a step whose script is not there',
      (files) => {
        delete files['steps/mes-1.0/pass1.kaem'];
      },
      'mes-1.0',
      'steps/mes-1.0/pass1',
    ],
    [
      'a program of stage0-posix that is made no more',
      (files) =>
        void (files['seed/stage0-posix/kaem.x86'] = (files['seed/stage0-posix/kaem.x86'] ?? '').replace(
          './x86/bin/catm',
          './x86/bin/other',
        )),
      'gcc-9.0',
      'catm',
    ],
  ])('%s', (_what, change, name, missing) => {
    const chain = chainOf(change);
    expect(chain.unreachable.length).toBeGreaterThan(1);
    expect(chain.totals.reaching).toBeLessThan(chain.totals.builds);
    const error = ((): unknown => {
      try {
        return answerWhy(chain, name);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(describeError(error)).toMatchObject({ code: 'CHAIN_BROKEN' });
    expect(describeError(error).message).toContain(missing);
  });

  it('a seed that comes to no step', () => {
    expect(() => chainOf((files) => void (files['seed/seed.kaem'] = 'echo done\n'))).toThrow(
      /CHECKOUT_UNREADABLE/,
    );
  });

  it('a name that is no part', () => {
    expect(() => answerWhy(chainOf(), 'emacs')).toThrow(/CHAIN_NODE_NOT_FOUND/);
    expect(() => answerWhy(chainOf(), 'perl')).toThrow(/perl-5.0, perl-5.8/);
    expect(answerWhy(chainOf(), 'mes').node.id).toBe('mes-1.0#1');
  });
});

describe('exports', () => {
  it('are the same bytes each time, and hold every node', () => {
    const [one, other] = [chainOf(), chainOf()];
    const svg = formatChainSvg(one, { node: 'gcc-9.0' });
    expect(svg).toBe(formatChainSvg(other, { node: 'gcc-9.0' }));
    const dot = formatChainDot(one);
    for (const { id } of one.nodes) {
      expect(svg).toContain(`<title>${id}</title>`);
      expect(dot).toContain(`"${id}" [label=`);
    }
    expect(dot.match(/ -> /g)).toHaveLength(one.edges.length);
  });

  it('say nothing that a name in a checkout could mean as markup', () => {
    const chain = chainOf();
    const [first] = chain.nodes;
    if (first === undefined) throw new Error('no nodes');
    first.label = '<script>alert("1")</script>';
    expect(formatChainSvg(chain)).not.toContain('<script');
    expect(formatChainDot(chain)).toContain('label="<script>alert(\\"1\\")</script>"');
  });
});

describe('scripts as words', () => {
  it('kaem: quotes, continued lines, comments, semicolons', () => {
    expect(parseKaemCommands('a "b c" \\\n  d # e\nif f; then\n# g\nh\\ i\n')).toEqual([
      { line: 1, words: ['a', 'b c', 'd'] },
      { line: 3, words: ['if', 'f'] },
      { line: 3, words: ['then'] },
      { line: 5, words: ['h i'] },
    ]);
  });

  it('bash: first words, values of variables, what xargs runs; not words in texts', () => {
    const words = programWords(
      'CC=tcc make | sed "s/a|gcc/b/"\nfind . | xargs rm # awk\nif test -e "perl x"; then ar; fi\n',
    );
    expect(words.map(({ word }) => word)).toEqual([
      'tcc',
      'make',
      'sed',
      'find',
      'xargs',
      'rm',
      'test',
      'ar',
      'fi',
    ]);
  });

  it.each([
    ['gcc-15.2.0', 'gcc', '15.2.0'],
    ['perl5.004-05', 'perl', '5.004-05'],
    ['perl-Devel-Tokenizer-C-0.11', 'perl-Devel-Tokenizer-C', '0.11'],
    ['m4-1.4.7', 'm4', '1.4.7'],
    ['linux-headers-4.14.341-openela', 'linux-headers', '4.14.341-openela'],
  ])('%s is %s, %s', (step, stem, version) => {
    expect(parsePackageName(step)).toEqual({ stem, version });
  });
});
