// seedbed audit why, audit chain
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { atPath, osCodeOf } from '../../engine/os-errors.ts';
import type { ChainFormat, TextFile } from '../../shared/contract/chain.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { Chain, ChainAnswer, ChainEdge, ChainWay, RebuildPoint } from '../../shared/model/chain.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen, type Screen } from '../screen.ts';
import { withSession } from '../session.ts';
import { readCheckoutName } from './checkout-options.ts';

export async function why(name: string, options: Json & { checkout: string; all?: boolean }): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine }) => {
    const checkout = readCheckoutName(options.checkout, engine.places);
    const answer = await client.chain.why({ checkout, name });
    if (options.json === true) screen.json(answer);
    else for (const line of answerLines(answer, options.all === true)) screen.line(line);
  });
}

interface ChainOptions {
  checkout: string;
  format?: ChainFormat;
  node?: string;
  out?: string;
  force?: boolean;
}

export async function chain(options: Json & ChainOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine }) => {
    const checkout = readCheckoutName(options.checkout, engine.places);
    if (options.format !== undefined) {
      const file = await client.chain.export({
        checkout,
        format: options.format,
        node: options.node ?? null,
      });
      return writeTextFile(file, options, screen);
    }
    const found = await client.chain.read({ checkout });
    if (options.json === true) screen.json(found);
    else for (const line of chainLines(found)) screen.line(line);
    if (found.unreachable.length > 0) process.exitCode = 1;
    return undefined;
  });
}

/** To --out, or to standard output. Throws FILE_EXISTS. */
export async function writeTextFile(
  { text }: TextFile,
  { out, force }: { out?: string; force?: boolean },
  screen: Screen,
): Promise<void> {
  if (out === undefined) {
    screen.stream(text);
    return;
  }
  const path = resolve(out);
  await atPath(path, async () => {
    try {
      await writeFile(path, text, { flag: force === true ? 'w' : 'wx' });
    } catch (error) {
      if (osCodeOf(error) === 'EEXIST') throw new SeedbedError('FILE_EXISTS', { path });
      throw error;
    }
  });
  screen.line(`Written: ${path}`);
}

const WAYS: Record<ChainWay['kind'], string> = {
  makers: 'by what compiled or made each',
  shortest: 'the shortest way, by any need',
  kernels: 'by the kernels that it ran on',
};

function answerLines({ node, ways, passes, needs, neededBy, below }: ChainAnswer, all: boolean): string[] {
  const lines = [
    `${node.label}: stands on ${below} others, the boot sector last`,
    ...(passes.length > 1 ? [`built ${passes.length} times: ${passes.join(', ')}`] : []),
    ...(node.uninstalled === null
      ? []
      : [`taken away again: ${node.uninstalled.file}:${node.uninstalled.line}`]),
    ...(node.replacedBy === null ? [] : [`a later build lies over it: ${node.replacedBy}`]),
    ...node.distfiles.map(({ name, sha256 }) => `from ${name}, sha256 ${sha256}`),
  ];
  for (const kind of ['makers', 'shortest', 'kernels'] as const) {
    const way = ways.find((one) => one.kind === kind);
    if (way !== undefined) lines.push('', `${WAYS[kind]}:`, ...wayLines(way));
  }
  if (all)
    lines.push('', 'needs:', ...edgeLines(needs, 'to'), '', 'needed by:', ...edgeLines(neededBy, 'from'));
  return lines;
}

function wayLines({ steps }: ChainWay): string[] {
  return formatTable(
    steps.map(({ node, edge }, index) => [
      `${String(index).padStart(4)}  ${node.id}`,
      edge === null ? '' : roleWords(edge),
      edge === null ? '' : `${edge.evidence.file}:${edge.evidence.line}`,
      edge === null ? '' : `sha256 ${edge.evidence.sha256.slice(0, 16)}…`,
    ]),
  );
}

function edgeLines(edges: readonly ChainEdge[], end: 'to' | 'from'): string[] {
  return formatTable(
    edges.map((edge) => [`  ${edge[end]}`, roleWords(edge), `${edge.evidence.file}:${edge.evidence.line}`]),
  );
}

function roleWords({ role, basis, word }: ChainEdge): string {
  return basis === 'named' ? `${role} (${word})` : `${role}, in force`;
}

function chainLines({ commit, totals, stages, rebuilds, nodes, unreachable }: Chain): string[] {
  const gone = nodes.filter(({ uninstalled }) => uninstalled !== null);
  return [
    `live-bootstrap ${commit ?? '(commit not known)'}: ${totals.reaching} of ${totals.builds} builds reach the boot sector; ${totals.nodes} parts, ${totals.edges} needs`,
    '',
    ...formatTable([
      ['stage', 'run by', 'on', 'parts'],
      ...stages.map(({ title, shell, kernel, nodes: inside }) => [
        title,
        shell ?? '',
        kernel ?? '',
        String(inside.length),
      ]),
    ]),
    '',
    'built again:',
    ...formatTable(rebuilds.map(rebuildRow)),
    '',
    `uninstalled: ${gone.map(({ id }) => id).join(', ') || 'nothing'}`,
    ...(unreachable.length === 0
      ? []
      : ['', `error: ${unreachable.length} parts do not reach the boot sector:`]),
    ...unreachable.map((id) => `  ${id}`),
  ];
}

function rebuildRow({ step, passes, packages, equal }: RebuildPoint): string[] {
  const same =
    equal === null
      ? 'nothing to compare'
      : equal
        ? 'upstream expects the same bytes'
        : 'upstream expects other bytes each time';
  return [
    `  ${step}`,
    `${passes.length} times`,
    `${packages} packages`,
    same,
    `compilers: ${[...new Set(passes.flatMap(({ compiler }) => compiler ?? []))].join(', ')}`,
  ];
}
