// What the preset asks for: checkout, distfiles, mirrors, the target's disk.
import type { ReactNode } from 'react';
import type { CheckoutListing } from '../../../shared/contract/checkout.ts';
import type { BootstrapConfiguration } from '../../../shared/model/bootstrap-config.ts';
import type { ImagePreset } from '../../../shared/model/image-preset.ts';
import { Button, PageLink } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { ChoiceField, WordsField } from '../components/fields.tsx';
import { FolderField, usePlaceQuestion } from '../components/use-place.tsx';
import { checkoutTitle } from '../derive/checkout-view.ts';
import { sourcesRoute } from '../route.ts';
import type { NewImageChoices } from '../route-views.ts';

export interface ChoiceProps {
  preset: ImagePreset;
  choices: NewImageChoices;
  configuration: BootstrapConfiguration;
  onChange: (part: Partial<NewImageChoices>) => void;
  onConfigure: (part: Partial<BootstrapConfiguration>) => void;
}

export function AskedChoices(props: ChoiceProps & { kept: readonly CheckoutListing[] }): ReactNode {
  const { preset, choices, configuration, onChange, onConfigure } = props;
  const asks = new Set(preset.asks);
  return (
    <div className="form wide-form">
      {asks.has('checkout') ? (
        <CheckoutField
          kept={props.kept}
          chosen={choices.checkout}
          onChosen={(checkout) => onChange({ checkout })}
        />
      ) : null}
      {asks.has('distfiles') ? (
        <DistfilesField chosen={choices.distfiles} onChosen={(distfiles) => onChange({ distfiles })} />
      ) : null}
      {asks.has('mirrors') ? (
        <WordsField
          label="Mirrors that the machine downloads from, one a line"
          help="Folder addresses, plain http: the machine has no TLS at first. Seedbed’s own mirror is on the Sources page."
          lines={3}
          value={configuration.mirrors.join('\n')}
          onChange={(text) => onConfigure({ mirrors: text.split(/\s+/).filter((word) => word !== '') })}
        />
      ) : null}
      {asks.has('disk') ? <DiskField configuration={configuration} onConfigure={onConfigure} /> : null}
      {asks.has('kernel') ? (
        <p className="hint">
          The Linux kernel itself is chosen when the image is run: nothing of it is in the image.
        </p>
      ) : null}
    </div>
  );
}

function CheckoutField(props: {
  kept: readonly CheckoutListing[];
  chosen: string | null;
  onChosen: (checkout: string) => void;
}): ReactNode {
  const { kept, chosen, onChosen } = props;
  const question = usePlaceQuestion('checkout', onChosen);
  const known = kept.map((one) => ({
    id: one.id,
    text: `${checkoutTitle(one)}${one.isDefault ? ' (pinned)' : ''}`,
  }));
  const isOther = chosen !== null && !known.some(({ id }) => id === chosen);
  if (chosen?.startsWith('place-') === true || known.length === 0)
    return (
      <>
        <FolderField
          kind="checkout"
          label="live-bootstrap checkout"
          help="The folder that holds steps/manifest, with all its submodules."
          token={chosen?.startsWith('place-') === true ? chosen : null}
          onChosen={onChosen}
        />
        <p className="hint">
          {known.length === 0 ? (
            <>
              Or let Seedbed fetch it on the page <PageLink to={sourcesRoute({})}>Sources</PageLink>.
            </>
          ) : (
            <Button size="small" kind="quiet" onPress={() => onChosen(known[0]?.id ?? '')}>
              Take one that Seedbed keeps
            </Button>
          )}
        </p>
      </>
    );
  return (
    <div className="verify-choices">
      <ChoiceField
        label="live-bootstrap checkout"
        value={chosen ?? ''}
        choices={chosen === null || isOther ? [...known, { id: chosen ?? '', text: 'Choose one' }] : known}
        onChange={onChosen}
      />
      <Button icon="folder" pending={question.pending} onPress={question.ask}>
        Another folder…
      </Button>
      {question.error === null ? null : <ErrorCard error={question.error} />}
      {question.dialog}
    </div>
  );
}

function DistfilesField(props: {
  chosen: string | null;
  onChosen: (place: string | null) => void;
}): ReactNode {
  const { chosen, onChosen } = props;
  const question = usePlaceQuestion('distfiles', onChosen);
  if (chosen !== null)
    return (
      <>
        <FolderField
          kind="distfiles"
          label="Distfiles"
          help="The folder with the source archives by name. Each is verified while the image is built."
          token={chosen}
          onChosen={onChosen}
        />
        <p className="hint">
          <Button size="small" kind="quiet" onPress={() => onChosen(null)}>
            Take those that Seedbed stored
          </Button>
        </p>
      </>
    );
  return (
    <div className="field" role="group" aria-label="Distfiles">
      <span className="field-label">Distfiles</span>
      <div className="place-row">
        <output className="path">Those that Seedbed stored, by their sha256</output>
        <Button icon="folder" pending={question.pending} onPress={question.ask}>
          A folder…
        </Button>
      </div>
      <span className="help">
        They are fetched and verified on the page <PageLink to={sourcesRoute({})}>Sources</PageLink>.
      </span>
      {question.error === null ? null : <ErrorCard error={question.error} />}
      {question.dialog}
    </div>
  );
}

export function DiskField(props: Pick<ChoiceProps, 'configuration' | 'onConfigure'>): ReactNode {
  return (
    <WordsField
      label="Disk of the new system, as Linux will call it on the target"
      help="Such as sda, or sdb1 for a partition, without /dev/. live-bootstrap formats or takes it over without asking: unplug every drive that must survive."
      lines={1}
      value={props.configuration.disk ?? ''}
      onChange={(text) => props.onConfigure({ disk: text.trim() === '' ? null : text.trim() })}
    />
  );
}
