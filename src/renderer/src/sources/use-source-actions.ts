// What the user can start on the Sources page. Each is a job; the page then shows it.
import type { DistfileSelection } from '../../../shared/contract/distfiles.ts';
import type { SeedbedClient } from '../../../shared/contract/contract.ts';
import type { WireError } from '../../../shared/contract/errors.ts';
import { usePlaceQuestion, type PlaceQuestion } from '../components/use-place.tsx';
import { useAction } from '../connection/context.tsx';
import { changeView } from './sources-address.ts';

export interface SourceActions {
  pending: boolean;
  error: WireError | null;
  /** Null: everything that is missing. */
  fetch: (names: string[] | null) => void;
  verify: () => void;
  confirm: () => void;
  importFolder: PlaceQuestion;
  exportFolder: PlaceQuestion;
  createMirror: PlaceQuestion;
}

export function useSourceActions(selection: DistfileSelection): SourceActions {
  const { act, pending, error } = useAction();
  const start = (work: (client: SeedbedClient) => Promise<{ jobId: string }>): void =>
    act(async (client) => {
      const { jobId } = await work(client);
      changeView({ job: jobId });
    });
  const importFolder = usePlaceQuestion('distfiles', (folder) =>
    start((client) => client.distfiles.import({ ...selection, from: [folder] })),
  );
  const exportFolder = usePlaceQuestion('folder', (folder) =>
    start((client) => client.distfiles.export({ ...selection, folder })),
  );
  const createMirror = usePlaceQuestion('folder', (folder) =>
    start((client) => client.mirror.create({ checkout: selection.checkout, folder })),
  );
  return {
    pending,
    error: error ?? importFolder.error ?? exportFolder.error ?? createMirror.error,
    fetch: (names) =>
      start((client) => client.distfiles.fetch(names === null ? selection : { ...selection, names })),
    confirm: () => start((client) => client.distfiles.confirm(selection)),
    verify: () => start((client) => client.distfiles.verify({ selection: null })),
    importFolder,
    exportFolder,
    createMirror,
  };
}
