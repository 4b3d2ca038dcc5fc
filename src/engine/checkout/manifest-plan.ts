// The step manifest of a checkout under a configuration, and when the machine needs each distfile.
// Source: live-bootstrap 984b8322, steps/manifest and reference scripts steps/jump/*.sh, steps/improve/get_network.sh, steps/curl-8.17.0 (pass1 is
// built without TLS, pass2 after openssl with it).
import type {
  DistfilePhase,
  DistfileRoutes,
  ManifestConfiguration,
  ManifestPlan,
  ManifestScript,
  PlannedDistfile,
} from '../../shared/model/manifest.ts';
import type { WantedDistfile } from '../../shared/model/distfile.ts';
import { formatBootstrapVariables, launchVariables, variableValue } from '../formats/bootstrap-variables.ts';
import { evaluateDirectives } from '../formats/manifest-evaluate.ts';
import { firstKernel, namedScripts } from '../formats/manifest-kernels.ts';
import { type Directive, preNetworkBuilds } from '../formats/step-manifest.ts';
import type { Checkout } from './checkout.ts';
import { collectDistfiles, readManifest } from './wanted-distfiles.ts';

/** Throws CHECKOUT_UNREADABLE. */
export async function planManifest(
  checkout: Pick<Checkout, 'path'>,
  configuration: ManifestConfiguration,
): Promise<ManifestPlan> {
  const directives = await readManifest(checkout);
  const changes = Object.entries(configuration.variables).map(([name, value]) => ({ name, value }));
  const evaluation = evaluateDirectives(directives, launchVariables(configuration.mode, changes));
  const kernel = firstKernel((name) => variableValue(evaluation.variables, name));
  const scripts = namedScripts(evaluation.scripts, kernel);
  const phaseOf = phases(directives, scripts);
  const distfiles = await collectDistfiles(checkout, directives);
  return {
    scripts,
    configuration: formatBootstrapVariables(evaluation.variables),
    distfiles: distfiles.map((wanted) => planDistfile(wanted, scripts, phaseOf)),
  };
}

function planDistfile(
  wanted: WantedDistfile,
  scripts: readonly ManifestScript[],
  phaseOf: (line: number, shell: ManifestScript['shell']) => DistfilePhase,
): PlannedDistfile {
  const steps = new Set(wanted.steps);
  const found = scripts.flatMap(({ number, shell, entries }) =>
    entries.flatMap(({ directive, argument, pass, line }) =>
      directive === 'build' && pass !== null && steps.has(argument)
        ? [{ step: argument, pass, script: number, line, shell }]
        : [],
    ),
  );
  const first = found[0];
  const phase = first === undefined ? 'unused' : phaseOf(first.line, first.shell);
  return {
    wanted,
    phase,
    routes: routesAt(phase, wanted.urls),
    uses: found.map(({ step, pass, script, line }) => ({ step, pass, script, line })),
  };
}

/** Where the machine can get a file at that time; before it has a network only the boot image counts. */
export function routesAt(phase: DistfilePhase, urls: readonly string[]): DistfileRoutes {
  switch (phase) {
    case 'kaem':
    case 'pre-network':
      return { bootImage: true, externalDisk: false, mirror: 'no', urls: [] };
    case 'pre-tls':
      return {
        bootImage: false,
        externalDisk: true,
        mirror: 'http',
        urls: urls.filter((url) => url.startsWith('http:')),
      };
    case 'with-tls':
      return { bootImage: false, externalDisk: true, mirror: 'http-or-https', urls: [...urls] };
    case 'unused':
      return { bootImage: false, externalDisk: false, mirror: 'no', urls: [] };
  }
}

/** Has the machine a network, and TLS, when it comes to that line? */
function phases(
  directives: readonly Directive[],
  scripts: readonly ManifestScript[],
): (line: number, shell: ManifestScript['shell']) => DistfilePhase {
  const early = new Set(preNetworkBuilds(directives).map(({ line }) => line));
  const builds = scripts.flatMap(({ entries }) => entries).filter(({ directive }) => directive === 'build');
  const openssl = builds.findIndex(({ argument }) => argument.startsWith('openssl-'));
  const curl =
    openssl < 0 ? undefined : builds.slice(openssl).find(({ argument }) => argument.startsWith('curl-'));
  const tls = curl?.line ?? Infinity;
  return (line, shell) => {
    if (early.has(line)) return shell === 'kaem' ? 'kaem' : 'pre-network';
    return line <= tls ? 'pre-tls' : 'with-tls';
  };
}
