// Where the user is, as the part of the address after `#`. What a reload must not lose stands here and nowhere else.
import type {
  AuditView,
  BootstrapChoices,
  ChainView,
  FlashView,
  ImageView,
  NewImageChoices,
  ResultsView,
  SourcesView,
} from './route-views.ts';

export type Route =
  | { page: 'home' }
  | { page: 'sources'; view?: SourcesView }
  | { page: 'runs' }
  | { page: 'run'; id: string }
  | { page: 'results'; id: string; view: ResultsView }
  | { page: 'images' }
  | { page: 'new-image'; choices: NewImageChoices }
  | { page: 'image'; id: string; view?: ImageView }
  | { page: 'drives' }
  | { page: 'flash'; view: FlashView }
  | { page: 'machine' }
  | { page: 'audit'; view?: AuditView }
  | { page: 'chain'; view?: ChainView }
  | { page: 'job'; id: string }
  | { page: 'explain'; log: string | null }
  | { page: 'trust'; run: string | null; image: string | null }
  | { page: 'checklist'; image: string; boot: string | null; external: string | null }
  | { page: 'screen'; typed: string | null; image: string | null }
  | { page: 'bootstrap'; goal: 'stage0' | 'end'; choices: BootstrapChoices }
  | { page: 'unknown'; hash: string };

export type Section = 'home' | 'sources' | 'images' | 'runs' | 'drives' | 'audit' | 'machine';

const CHOICES = [
  'checkout',
  'distfiles',
  'in',
  'accelerator',
  'memory',
  'cores',
  'mirrors',
  'size',
  'folder',
  'name',
] as const satisfies readonly (keyof BootstrapChoices)[];

const SOURCES_VIEW = [
  'checkout',
  'show',
  'sort',
  'find',
  'steps',
  'file',
  'job',
] as const satisfies readonly (keyof SourcesView)[];

const NEW_IMAGE = [
  'preset',
  'checkout',
  'distfiles',
  'set',
  'overlays',
  'own',
  'repo',
  'preseed',
  'folder',
  'name',
] as const satisfies readonly (keyof NewImageChoices)[];

const IMAGE_VIEW = [
  'show',
  'disk',
  'zoom',
  'at',
  'path',
  'against',
  'distfiles',
  'repo',
  'preseed',
  'with',
  'job',
] as const satisfies readonly (keyof ImageView)[];

const RESULTS_VIEW = ['show', 'with', 'job'] as const satisfies readonly (keyof ResultsView)[];

const FLASH_VIEW = ['image', 'drive', 'second', 'job'] as const satisfies readonly (keyof FlashView)[];

const AUDIT_VIEW = ['checkout', 'program', 'from', 'job'] as const satisfies readonly (keyof AuditView)[];

const CHAIN_VIEW = ['checkout', 'node', 'find', 'job'] as const satisfies readonly (keyof ChainView)[];

const NO_CHOICES: BootstrapChoices = readChoices(new URLSearchParams());

export const NO_AUDIT_VIEW: AuditView = readNamed(AUDIT_VIEW, new URLSearchParams());

export const NO_CHAIN_VIEW: ChainView = readNamed(CHAIN_VIEW, new URLSearchParams());

export const NO_IMAGE_VIEW: ImageView = readNamed(IMAGE_VIEW, new URLSearchParams());

export const NO_SOURCES_VIEW: SourcesView = readNamed(SOURCES_VIEW, new URLSearchParams());

/** `#/runs/abc` → the run view of abc; the empty hash is the first page. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const [first = '', second = '', third] = path.split('/').map(decodePart);
  const parameters = new URLSearchParams(query);
  if (third !== undefined) return { page: 'unknown', hash };
  switch (first) {
    case '':
      return { page: 'home' };
    case 'sources':
      return second === ''
        ? { page: 'sources', view: readNamed(SOURCES_VIEW, parameters) }
        : { page: 'unknown', hash };
    case 'runs':
      return second === '' ? { page: 'runs' } : { page: 'run', id: second };
    case 'results':
      return second === ''
        ? { page: 'unknown', hash }
        : { page: 'results', id: second, view: readNamed(RESULTS_VIEW, parameters) };
    case 'images':
      if (second === 'new') return { page: 'new-image', choices: readNamed(NEW_IMAGE, parameters) };
      return second === ''
        ? { page: 'images' }
        : { page: 'image', id: second, view: readNamed(IMAGE_VIEW, parameters) };
    case 'drives':
      if (second === 'flash') return { page: 'flash', view: readNamed(FLASH_VIEW, parameters) };
      return second === '' ? { page: 'drives' } : { page: 'unknown', hash };
    case 'machine':
      return second === '' ? { page: 'machine' } : { page: 'unknown', hash };
    case 'audit':
      return second === ''
        ? { page: 'audit', view: readNamed(AUDIT_VIEW, parameters) }
        : { page: 'unknown', hash };
    case 'chain':
      return second === ''
        ? { page: 'chain', view: readNamed(CHAIN_VIEW, parameters) }
        : { page: 'unknown', hash };
    case 'explain':
      return second === '' ? { page: 'explain', log: parameters.get('log') } : { page: 'unknown', hash };
    case 'trust':
      return { page: 'trust', run: parameters.get('run'), image: parameters.get('image') };
    case 'checklist':
      return {
        page: 'checklist',
        image: second,
        boot: parameters.get('boot'),
        external: parameters.get('external'),
      };
    case 'screen':
      return { page: 'screen', typed: parameters.get('typed'), image: parameters.get('image') };
    case 'jobs':
      return second === '' ? { page: 'unknown', hash } : { page: 'job', id: second };
    case 'bootstrap':
      if (second !== 'stage0' && second !== 'end') return { page: 'unknown', hash };
      return { page: 'bootstrap', goal: second, choices: readChoices(parameters) };
    default:
      return { page: 'unknown', hash };
  }
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'home':
      return '#/';
    case 'sources':
      return `#/sources${formatQuery({ ...route.view })}`;
    case 'run':
      return `#/runs/${encodeURIComponent(route.id)}`;
    case 'results':
      return `#/results/${encodeURIComponent(route.id)}${formatQuery({ ...route.view })}`;
    case 'chain':
      return `#/chain${formatQuery({ ...route.view })}`;
    case 'audit':
      return `#/audit${formatQuery({ ...route.view })}`;
    case 'image':
      return `#/images/${encodeURIComponent(route.id)}${formatQuery({ ...route.view })}`;
    case 'flash':
      return `#/drives/flash${formatQuery({ ...route.view })}`;
    case 'new-image':
      return `#/images/new${formatQuery({ ...route.choices })}`;
    case 'job':
      return `#/jobs/${encodeURIComponent(route.id)}`;
    case 'explain':
      return `#/explain${formatQuery({ log: route.log })}`;
    case 'trust':
      return `#/trust${formatQuery({ run: route.run, image: route.image })}`;
    case 'checklist':
      return `#/checklist/${encodeURIComponent(route.image)}${formatQuery({ boot: route.boot, external: route.external })}`;
    case 'screen':
      return `#/screen${formatQuery({ typed: route.typed, image: route.image })}`;
    case 'bootstrap':
      return `#/bootstrap/${route.goal}${formatQuery({ ...route.choices })}`;
    case 'unknown':
      return route.hash;
    default:
      return `#/${route.page}`;
  }
}

/** The results of a run, with nothing chosen. */
export function resultsRoute(id: string): Route {
  return { page: 'results', id, view: readNamed(RESULTS_VIEW, new URLSearchParams()) };
}

/** Writing a drive, with nothing chosen but what is given. */
export function flashRoute(view: Partial<FlashView>): Route {
  return { page: 'flash', view: { ...readNamed(FLASH_VIEW, new URLSearchParams()), ...view } };
}

/** The Sources page with nothing chosen but what is given. */
export function sourcesRoute(view: Partial<SourcesView>): Route {
  return { page: 'sources', view: { ...NO_SOURCES_VIEW, ...view } };
}

/** A new image with nothing chosen but what is given. */
export function newImageRoute(choices: Partial<NewImageChoices> = {}): Route {
  return {
    page: 'new-image',
    choices: { ...readNamed(NEW_IMAGE, new URLSearchParams()), ...choices },
  };
}

export function bootstrapRoute(goal: 'stage0' | 'end', choices: Partial<BootstrapChoices> = {}): Route {
  return { page: 'bootstrap', goal, choices: { ...NO_CHOICES, ...choices } };
}

/** The entry of the rail that a page belongs to. */
export function sectionOf(route: Route): Section | null {
  switch (route.page) {
    case 'sources':
      return 'sources';
    case 'run':
    case 'runs':
    case 'results':
      return 'runs';
    case 'image':
    case 'new-image':
    case 'images':
      return 'images';
    case 'drives':
    case 'flash':
      return 'drives';
    case 'machine':
      return 'machine';
    case 'audit':
    case 'chain':
      return 'audit';
    case 'trust':
      return route.image === null ? 'runs' : 'images';
    case 'checklist':
      return 'images';
    case 'unknown':
      return null;
    default:
      return 'home';
  }
}

function readChoices(parameters: URLSearchParams): BootstrapChoices {
  return readNamed(CHOICES, parameters);
}

function readNamed<K extends string>(
  names: readonly K[],
  parameters: URLSearchParams,
): Record<K, string | null> {
  return Object.fromEntries(names.map((name) => [name, parameters.get(name)])) as Record<K, string | null>;
}

function formatQuery(values: Record<string, string | null>): string {
  const given = Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== null);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
