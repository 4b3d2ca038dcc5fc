// A bootstrap from a checkout: choose folders, see what is in them, start. What was chosen stands in the address, so a reload keeps it.
import type { ReactNode } from 'react';
import type { CheckoutFacts } from '../../../shared/model/image.ts';
import { formatCount } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, FindingList, Waiting } from '../components/feedback.tsx';
import { ImageOptionsFold } from '../components/image-options.tsx';
import { RunOptionsFold } from '../components/run-options.tsx';
import { SandboxChoice } from '../components/sandbox-choice.tsx';
import { Facts } from '../components/status.tsx';
import { FolderField } from '../components/use-place.tsx';
import { useAction, useAnswer } from '../connection/context.tsx';
import { bootstrapInputOf } from '../derive/bootstrap-view.ts';
import {
  DEFAULT_RUN_OPTIONS,
  imageSpecOf,
  imageTargetOf,
  missingChoice,
  readPlace,
  readRunOptions,
  runSpecOf,
  writeRunOptions,
} from '../derive/choices.ts';
import { checkoutSummary } from '../derive/image-view.ts';
import type { BootstrapChoices } from '../route-views.ts';
import { navigate, replaceRoute } from '../use-route.ts';
import { Page } from './page.tsx';

interface GoalText {
  title: string;
  lead: string;
  /** What one press does. */
  once: string;
  time: string;
}

const TEXTS: Record<'stage0' | 'end', GoalText> = {
  stage0: {
    title: 'Bootstrap the first stage',
    lead: 'From the seed to the first tools that check themselves (stage0). It needs a live-bootstrap checkout and no downloads.',
    once: 'Fetches live-bootstrap at the commit that Seedbed knows (or takes the checkout that you choose below), writes the disk and starts the machine. What is there already is not done again.',
    time: 'About 20 minutes in software emulation (TCG): the machine reads its files slowly at first, then builds 19 tools and verifies each. Seedbed ends the run when it has passed.',
  },
  end: {
    title: 'Full bootstrap',
    lead: 'From the seed to Linux with its compilers. It needs a live-bootstrap checkout with all submodules, and the distfiles that are used before there is a network.',
    once: 'Fetches live-bootstrap and its distfiles (or takes what you choose below), writes the disks and starts the machine. Where all distfiles can be had they travel on a second disk, and the machine needs no network. What is there already is not done again.',
    time: 'Six hours and more with hardware acceleration; in software emulation the first hours only load the sources. The run goes on when you close Seedbed.',
  },
};

export function BootstrapPage(props: { goal: 'stage0' | 'end'; choices: BootstrapChoices }): ReactNode {
  const { goal, choices } = props;
  const { act, pending, error } = useAction();
  const spec = imageSpecOf(goal, choices);
  const missing = missingChoice(goal, choices);
  // As one press on Bootstrap takes them; asked once, so that they do not move under the reader's hands.
  const fitted = useAnswer('fitted machine', (client, signal) => client.bootstrap.fit({}, { signal })).value;
  const usual = fitted ?? DEFAULT_RUN_OPTIONS;
  const options = readRunOptions(choices, usual);
  const change = (part: Partial<BootstrapChoices>): void =>
    replaceRoute({ page: 'bootstrap', goal, choices: { ...choices, ...part } });

  return (
    <Page title={TEXTS[goal].title} lead={TEXTS[goal].lead} back={{ to: { page: 'home' }, text: 'Home' }}>
      <div className="form">
        <section className="card" aria-label="Everything at once">
          <p className="card-title">Everything at once</p>
          <p>{TEXTS[goal].once}</p>
          <SandboxChoice
            value={readPlace(choices)}
            onChange={(place) => change({ in: place === 'qemu' ? null : place })}
          />
          <div className="card-actions start">
            <Button
              kind="primary"
              icon="play"
              pending={pending}
              onPress={() =>
                act(async (client) => {
                  const { jobId } = await client.bootstrap.start(bootstrapInputOf(goal, choices));
                  navigate({ page: 'job', id: jobId });
                })
              }
            >
              Bootstrap
            </Button>
          </div>
        </section>
        <FolderField
          kind="checkout"
          label="live-bootstrap checkout"
          help="The folder that holds steps/manifest, with all its submodules."
          token={choices.checkout}
          onChosen={(checkout) => change({ checkout })}
        />
        {choices.checkout === null ? null : <CheckoutCard goal={goal} token={choices.checkout} />}
        {goal === 'end' ? (
          <FolderField
            kind="distfiles"
            label="Distfiles"
            help="The folder with the source archives. Each is verified by its sha256 while the image is built."
            token={choices.distfiles}
            onChosen={(distfiles) => change({ distfiles })}
          />
        ) : null}
        <div className="folds">
          <RunOptionsFold
            options={options}
            fitted={fitted}
            onChange={(next) => change(writeRunOptions(next, usual))}
          />
          <ImageOptionsFold goal={goal} choices={choices} onChange={change} />
        </div>
        <p className="hint">{TEXTS[goal].time}</p>
        {error === null ? null : <ErrorCard error={error} />}
        <div className="card-actions start">
          <Button
            icon="play"
            disabled={spec === null}
            pending={pending}
            onPress={() =>
              act(async (client) => {
                if (spec === null) return;
                const { jobId } = await client.run.start(runSpecOf({ build: spec }, options));
                navigate({ page: 'job', id: jobId });
              })
            }
          >
            Build the image and run it
          </Button>
          <Button
            icon="images"
            disabled={spec === null || pending}
            onPress={() =>
              act(async (client) => {
                if (spec === null) return;
                const out = imageTargetOf(goal, choices);
                const { jobId } = await client.image.build(out === null ? { spec } : { spec, out });
                navigate({ page: 'job', id: jobId });
              })
            }
          >
            Only build the image
          </Button>
          {missing === null ? null : <span className="hint">{missing}</span>}
        </div>
      </div>
    </Page>
  );
}

function CheckoutCard({ goal, token }: { goal: 'stage0' | 'end'; token: string }): ReactNode {
  const { value, error } = useAnswer(`checkout ${token}`, (client, signal) =>
    client.image.checkout({ checkout: token }, { signal }),
  );
  if (error !== null) return <ErrorCard error={error} />;
  if (value === null) return <Waiting>Looking at the checkout</Waiting>;
  return (
    <section className="card checkout-card" aria-label="What is in the checkout">
      <Facts facts={checkoutFacts(value.facts, goal === 'end' ? value.preNetworkDistfiles : null)} />
      {value.findings.length === 0 ? null : (
        <FindingList findings={value.findings} label="Findings of the checkout" />
      )}
    </section>
  );
}

function checkoutFacts(facts: CheckoutFacts, distfiles: number | null): { name: string; value: ReactNode }[] {
  const { commit, submodules } = checkoutSummary(facts);
  const shown = [
    { name: 'Commit', value: facts.commit === null ? commit : <code className="whole">{commit}</code> },
    { name: 'Submodules', value: submodules },
  ];
  if (distfiles === null) return shown;
  return [...shown, { name: 'Distfiles needed', value: formatCount(distfiles) }];
}
