// The chain: what is made by what, from the boot sector to the last package.
import type { ReactNode } from 'react';
import { Input, Label, SearchField } from 'react-aria-components';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import type { Chain } from '../../../shared/model/chain.ts';
import { BlobPart } from '../chain/blob-part.tsx';
import { changeChain } from '../chain/chain-address.ts';
import { ChainFiles } from '../chain/chain-files.tsx';
import { NodeCard } from '../chain/node-card.tsx';
import { StageView } from '../chain/stage-view.tsx';
import { Button } from '../components/controls.tsx';
import { Empty, ErrorCard, Waiting } from '../components/feedback.tsx';
import { ChoiceField } from '../components/fields.tsx';
import { Icon } from '../components/icons.tsx';
import { Fold } from '../components/overlays.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAnswer, useLive } from '../connection/context.tsx';
import { chainSentence, matchingNodes, rebuildWords } from '../derive/chain-view.ts';
import { checkoutTitle } from '../derive/checkout-view.ts';
import { NO_AUDIT_VIEW } from '../route.ts';
import type { ChainView } from '../route-views.ts';
import { readChoice } from '../sources/sources-address.ts';
import { useLast } from '../use-last.ts';
import { Page } from './page.tsx';

export function ChainPage({ view }: { view: ChainView }): ReactNode {
  const kept = useLive('checkouts', (client, signal) => client.checkout.watch({}, { signal }));
  const listed = kept.value ?? [];
  const fallback = (listed.find(({ isDefault }) => isDefault) ?? listed[0])?.id ?? null;
  const checkout = view.checkout ?? fallback;
  const folder = usePlaceQuestion('checkout', (token) => changeChain({ checkout: token, node: null }));
  const choices = [
    ...listed.map((one) => ({ id: one.id, text: checkoutTitle(one) })),
    ...(checkout !== null && !listed.some(({ id }) => id === checkout)
      ? [{ id: checkout, text: 'The folder that you chose' }]
      : []),
  ];
  return (
    <Page
      title="Chain"
      lead="What is made by what, from the 512 bytes of the boot sector to the last package: read in the checkout’s own scripts, with the file that says so and its hash at every step."
      back={{ to: { page: 'audit', view: NO_AUDIT_VIEW }, text: 'Audit' }}
      wide
    >
      <div className="audit-choice">
        {checkout === null ? null : (
          <ChoiceField
            label="Checkout"
            value={checkout}
            choices={choices}
            onChange={(id) => changeChain({ checkout: id, node: null })}
          />
        )}
        <Button icon="folder" pending={folder.pending} onPress={folder.ask}>
          Take a folder…
        </Button>
      </div>
      {folder.dialog}
      {folder.error === null ? null : <ErrorCard error={folder.error} />}
      {checkout === null ? (
        <Empty icon="search" title="No checkout yet">
          <p>Fetch one on the page Sources, or take a folder of yours.</p>
        </Empty>
      ) : (
        <ChainOf key={checkout} checkout={readChoice(checkout)} name={checkout} view={view} />
      )}
    </Page>
  );
}

function ChainOf(props: { checkout: CheckoutChoice; name: string; view: ChainView }): ReactNode {
  const { checkout, name, view } = props;
  const { value, error } = useAnswer(`chain ${name}`, (client, signal) =>
    client.chain.read({ checkout }, { signal }),
  );
  if (error !== null) return <ErrorCard error={error} />;
  if (value === null) return <Waiting>Reading the checkout’s scripts</Waiting>;
  return (
    <>
      <Sentence chain={value} />
      <ChainFiles checkout={checkout} node={view.node} />
      <Parts chain={value} {...props} />
      <Rebuilds chain={value} />
      <BlobPart checkout={checkout} job={view.job} />
    </>
  );
}

function Sentence({ chain }: { chain: Chain }): ReactNode {
  const broken = chain.unreachable.length > 0;
  return (
    <section className={`notice ${broken ? 'bad' : 'good'}`} aria-label="In a sentence">
      <Icon name={broken ? 'warning' : 'check'} size={20} />
      <div className="notice-text">
        <p className="notice-title">{chainSentence(chain)}</p>
        {broken ? <p>{chain.unreachable.slice(0, 8).join(', ')}</p> : null}
        <p className="notice-foot">
          {chain.totals.nodes} parts, {chain.totals.edges} needs
          {chain.commit === null ? '' : `, live-bootstrap ${chain.commit.slice(0, 8)}`}. Libraries that a
          build finds without being told are not seen.
        </p>
      </div>
    </section>
  );
}

function Parts({
  chain,
  checkout,
  name,
  view,
}: {
  chain: Chain;
  checkout: CheckoutChoice;
  name: string;
  view: ChainView;
}): ReactNode {
  const { node } = view;
  const asked = useAnswer(`why ${name} ${node ?? ''}`, async (client, signal) => ({
    answer: node === null ? null : await client.chain.why({ checkout, name: node }, { signal }),
  }));
  const answer = useLast(asked.value)?.answer ?? null;
  const way = answer?.ways.find(({ kind }) => kind === 'makers')?.steps ?? [];
  const choose = (id: string): void => changeChain({ node: id });
  return (
    <>
      <SearchField
        className="field chain-search"
        value={view.find ?? ''}
        onChange={(words) => changeChain({ find: words === '' ? null : words })}
      >
        <Label>Show only parts with</Label>
        <Input className="input" placeholder="gcc, steps/musl-1.1.24, tcc.c …" />
      </SearchField>
      <div className="chain-parts">
        <StageView
          chain={chain}
          shown={matchingNodes(chain.nodes, view.find ?? '')}
          onWay={new Set(way.map((step) => step.node.id))}
          chosen={answer?.node.id ?? node}
          onChoose={choose}
        />
        <div className="chain-side">
          {asked.error === null ? null : <ErrorCard error={asked.error} />}
          {node === null ? (
            <Empty icon="search" title="Why is it there?">
              <p>Choose a part to see its ways down to the boot sector.</p>
            </Empty>
          ) : answer === null ? null : (
            <NodeCard answer={answer} onChoose={choose} />
          )}
        </div>
      </div>
    </>
  );
}

function Rebuilds({ chain: { rebuilds } }: { chain: Chain }): ReactNode {
  return (
    <Fold title={`What is built again (${rebuilds.length})`}>
      <ul className="chain-edges">
        {rebuilds.map((point) => (
          <li key={point.step}>
            {point.step}: {rebuildWords(point)}
            <span className="chain-need">
              {point.passes.map(({ compiler }) => compiler ?? 'no compiler').join(' → ')}
            </span>
          </li>
        ))}
      </ul>
    </Fold>
  );
}
