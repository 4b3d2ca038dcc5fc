// A request to build an image from a made-up checkout, with what the test does not care about filled in.
import type { BootstrapRequest } from '../../src/engine/image/build-request.ts';
import {
  type BootstrapConfiguration,
  DEFAULT_CONFIGURATION,
} from '../../src/shared/model/bootstrap-config.ts';

export type RequestChanges = Partial<Omit<BootstrapRequest, 'kind' | 'configuration'>> & {
  configuration?: Partial<BootstrapConfiguration>;
};

/** The whole bootstrap on one disk as small as it gets. */
export function bootstrapRequest(
  fixture: { path: string; distfiles: string },
  { configuration, ...changes }: RequestChanges = {},
): BootstrapRequest {
  return {
    kind: 'live-bootstrap',
    goal: 'end',
    checkoutPath: fixture.path,
    distfiles: { from: 'folder', path: fixture.distfiles },
    repoPath: null,
    preseedPath: null,
    overlays: [],
    ...changes,
    configuration: {
      ...DEFAULT_CONFIGURATION,
      mirrors: ['http://mirror.example'],
      targetSizeMiB: 0,
      ...configuration,
    },
  };
}
