// A chain as a picture: a band a stage, a box a node, a line from each to the one that made it. No scripts, no fonts of its own, the same bytes every time.
import type { Chain, ChainNode } from '../../../shared/model/chain.ts';
import { answerWhy } from './chain-ways.ts';

const BOX = { width: 168, height: 24, gapX: 10, gapY: 12 };
const COLUMNS = 6;
const BAND = { top: 30, bottom: 14, left: 12 };
const WIDTH = BAND.left * 2 + COLUMNS * (BOX.width + BOX.gapX);

interface Placed {
  node: ChainNode;
  x: number;
  y: number;
}

export interface ChainPicture {
  /** Only this one's ways are drawn strongly. */
  node?: string;
}

export function formatChainSvg(
  chain: Omit<Chain, 'rebuilds' | 'totals'>,
  { node }: ChainPicture = {},
): string {
  const { bands, placed, height } = layOut(chain);
  const ways = node === undefined ? [] : answerWhy(chain, node).ways.filter(({ kind }) => kind !== 'kernels');
  const strong = new Set(ways.flatMap(({ steps }) => steps.map((step) => step.node.id)));
  const links = madeBy(chain);
  const way = ways.find(({ kind }) => kind === 'makers')?.steps ?? [];
  const lines = [...links].map(([from, to]) => line(placed.get(from), placed.get(to), 'made'));
  const strongLines = way
    .slice(1)
    .map((step, index) => line(placed.get(way[index]?.node.id ?? ''), placed.get(step.node.id), 'way'));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(`What is made by what in live-bootstrap ${chain.commit ?? ''}`)}">`,
    '<style>rect.band{fill:#f4f4f0;stroke:#d5d5cc}rect.box{fill:#fff;stroke:#777}rect.missing{fill:#fdd;stroke:#b00}rect.gone{fill:#eee;stroke:#aaa}rect.way{fill:#dcebdc;stroke:#27642f;stroke-width:2}text{font:11px sans-serif;fill:#222}text.title{font-weight:bold}path{fill:none}path.made{stroke:#b9b9b0;stroke-width:.7}path.way{stroke:#27642f;stroke-width:2}</style>',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...bands,
    ...lines,
    ...strongLines,
    ...[...placed.values()].map((one) => box(one, strong.has(one.node.id))),
    '</svg>',
    '',
  ].join('\n');
}

function layOut({ nodes, stages }: Pick<Chain, 'nodes' | 'stages'>): {
  bands: string[];
  placed: Map<string, Placed>;
  height: number;
} {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const placed = new Map<string, Placed>();
  const bands: string[] = [];
  let top = 12;
  for (const { title, nodes: inside, kernel, shell } of stages) {
    const rows = Math.max(1, Math.ceil(inside.length / COLUMNS));
    const height = BAND.top + rows * (BOX.height + BOX.gapY) + BAND.bottom;
    const runs = [shell === null ? '' : ` · ${shell}`, kernel === null ? '' : ` on ${kernel}`].join('');
    bands.push(
      `<rect class="band" x="4" y="${top}" width="${WIDTH - 8}" height="${height}" rx="4"/>`,
      `<text class="title" x="${BAND.left}" y="${top + 18}">${escape(title + runs)}</text>`,
    );
    for (const [index, id] of inside.entries()) {
      const node = known.get(id);
      if (node === undefined) continue;
      const column = index % COLUMNS;
      const row = Math.floor(index / COLUMNS);
      placed.set(id, {
        node,
        x: BAND.left + column * (BOX.width + BOX.gapX),
        y: top + BAND.top + row * (BOX.height + BOX.gapY),
      });
    }
    top += height + 10;
  }
  return { bands, placed, height: top + 2 };
}

/** Each node and the one that made it: its compiler, else its maker. */
function madeBy({ edges }: Pick<Chain, 'edges'>): Map<string, string> {
  const links = new Map<string, string>();
  for (const { from, to, role } of edges)
    if (role === 'compiler' || (role === 'maker' && !links.has(from))) links.set(from, to);
  return links;
}

function line(from: Placed | undefined, to: Placed | undefined, kind: 'made' | 'way'): string {
  if (from === undefined || to === undefined) return '';
  const [x1, y1] = [from.x + BOX.width / 2, from.y];
  const [x2, y2] = [to.x + BOX.width / 2, to.y + BOX.height];
  const middle = (y1 + y2) / 2;
  return `<path class="${kind}" d="M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}"/>`;
}

function box({ node, x, y }: Placed, isOnWay: boolean): string {
  const state = node.kind === 'missing' ? 'missing' : node.uninstalled === null ? 'box' : 'gone';
  const label = node.label.split('/').at(-1) ?? node.label;
  const short = label.length > 26 ? `${label.slice(0, 25)}…` : label;
  return `<g><title>${escape(node.id)}</title><rect class="${isOnWay ? 'way' : state}" x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="3"/><text x="${x + 6}" y="${y + 16}">${escape(short)}</text></g>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
