// A chain while it grows: nodes in the order in which they are made, edges only to what was made before.
import type {
  ChainEdge,
  ChainEvidence,
  ChainNode,
  ChainRole,
  ChainStage,
} from '../../../shared/model/chain.ts';
import type { ChainFile } from './chain-files.ts';

export interface ChainDraft {
  nodes: Map<string, ChainNode>;
  edges: ChainEdge[];
  stages: ChainStage[];
  /** Who made the file that stands at that place of the machine now. */
  madeAt: Map<string, string>;
  /** Who made the programs of that name, the latest last. */
  providers: Map<string, string[]>;
  /** Keys of the edges. */
  known: Set<string>;
}

export const BOOT_SECTOR = 'boot-sector';
export const FIRST_KERNEL = 'builder-hex0';

export function createDraft(): ChainDraft {
  return {
    nodes: new Map(),
    edges: [],
    stages: [],
    madeAt: new Map(),
    providers: new Map(),
    known: new Set(),
  };
}

/** Begin a stage; what is added next belongs to it. */
export function beginStage(draft: ChainDraft, stage: Omit<ChainStage, 'nodes'>): void {
  draft.stages.push({ ...stage, nodes: [] });
}

export function addNode(
  draft: ChainDraft,
  node: Pick<ChainNode, 'id' | 'kind' | 'label'> & Partial<Pick<ChainNode, 'step' | 'pass'>>,
): ChainNode {
  let { id } = node;
  // What is made again at the same place is another thing.
  for (let count = 2; draft.nodes.has(id); count += 1) id = `${node.id}~${count}`;
  const stage = draft.stages.at(-1);
  const added: ChainNode = {
    step: null,
    pass: null,
    ...node,
    id,
    stage: stage?.id ?? '',
    order: draft.nodes.size,
    files: [],
    distfiles: [],
    uninstalled: null,
    replacedBy: null,
    distance: null,
  };
  draft.nodes.set(id, added);
  stage?.nodes.push(id);
  return added;
}

/** One edge for each pair and role: the first place that says so stays, and a name counts more than what is in force. */
export function addEdge(
  draft: ChainDraft,
  from: string,
  to: string,
  more: { role: ChainRole; basis: ChainEdge['basis']; word: string; evidence: ChainEvidence },
): void {
  if (from === to) return;
  const key = `${from}\n${to}\n${more.role}`;
  if (draft.known.has(key)) return;
  draft.known.add(key);
  draft.edges.push({ from, to, ...more });
}

export function addFile(node: ChainNode, file: ChainFile): void {
  if (!node.files.some(({ path }) => path === file.path))
    node.files.push({ path: file.path, sha256: file.sha256 });
}

export function evidenceOf(file: ChainFile, line: number): ChainEvidence {
  return { file: file.path, line: Math.max(1, line), sha256: file.sha256 };
}

/** The file at that place is from now on this node's; a program, when it stands in a folder `bin`. */
export function noteMade(draft: ChainDraft, path: string, node: string): void {
  draft.madeAt.set(path, node);
  const name = /\/bin\/([^/]+)$/.exec(path)?.[1];
  if (name !== undefined) provide(draft, name, node);
}

export function provide(draft: ChainDraft, name: string, node: string): void {
  const before = (draft.providers.get(name) ?? []).filter((other) => other !== node);
  draft.providers.set(name, [...before, node]);
}

export function providerOf(draft: ChainDraft, name: string): string | null {
  return draft.providers.get(name)?.at(-1) ?? null;
}

/** What a step's builds brought is gone; what lay there before it is not back, but the names are free for what others brought. */
export function withdraw(draft: ChainDraft, nodes: ReadonlySet<string>): void {
  for (const [name, providers] of draft.providers)
    draft.providers.set(
      name,
      providers.filter((node) => !nodes.has(node)),
    );
}
