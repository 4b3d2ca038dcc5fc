// One image: in short, byte by byte, its contents, an account of every byte, and beside another one.
import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs, ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { CheckoutListing } from '../../../shared/contract/checkout.ts';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import type { DiskRole, ImageRecord } from '../../../shared/model/image.ts';
import { PageLink } from '../components/controls.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { useAnswer } from '../connection/context.tsx';
import { diskTitle, imageOrigin, imageTitle } from '../derive/image-view.ts';
import { CompareTab } from '../images/compare-tab.tsx';
import { ContentsTab } from '../images/contents-tab.tsx';
import { changeImageView, diskChoice } from '../images/image-address.ts';
import { MapTab } from '../images/map-tab.tsx';
import { OverviewTab } from '../images/overview-tab.tsx';
import { VerifyTab } from '../images/verify-tab.tsx';
import type { ImageView } from '../route-views.ts';
import { Page } from './page.tsx';

const TABS = [
  { id: 'overview', text: 'Overview' },
  { id: 'map', text: 'Map' },
  { id: 'contents', text: 'Contents' },
  { id: 'verify', text: 'Account' },
  { id: 'compare', text: 'Compare' },
] as const;

export function ImagePage({ id, view }: { id: string; view: ImageView }): ReactNode {
  const inspection = useAnswer(`image ${id}`, (client, signal) =>
    client.image.inspect({ image: /^place-[0-9a-f]{32}$/.test(id) ? { place: id } : { id } }, { signal }),
  );
  const kept = useAnswer('kept checkouts', (client, signal) => client.checkout.list({}, { signal }));
  const record = inspection.value?.record ?? null;
  const roles = record?.disks.map(({ role }) => role) ?? [];
  const disk = roles.find((role) => role === view.disk) ?? null;
  const image = diskChoice(id, disk);
  const fitting = fittingCheckout(record, kept.value ?? []);
  // The origins of entries are told by the checkout: asked for when it is known whether there is one.
  const isReady = kept.value !== null || kept.error !== null;
  return (
    <Page
      title={record === null ? 'Image' : imageTitle(record)}
      lead={record === null ? 'A disk image without a record beside it' : imageOrigin(record)}
      back={{ to: { page: 'images' }, text: 'Images' }}
      wide
    >
      <Tabs
        className="tabs"
        selectedKey={TABS.find((tab) => tab.id === view.show)?.id ?? 'overview'}
        onSelectionChange={(key) => changeImageView({ show: key === 'overview' ? null : String(key) })}
      >
        <div className="tabs-head">
          <TabList aria-label="Views of the image" className="tab-list">
            {TABS.map((tab) => (
              <Tab key={tab.id} id={tab.id} className="tab">
                {tab.text}
              </Tab>
            ))}
          </TabList>
          {roles.length < 2 || (view.show ?? 'overview') === 'overview' ? null : (
            <DiskSwitch roles={roles} chosen={disk ?? roles[0] ?? 'boot'} />
          )}
        </div>
        <TabPanel id="overview" className="tab-panel">
          {inspection.error === null ? null : (
            <ErrorCard error={inspection.error}>
              <PageLink to={{ page: 'images' }}>All images</PageLink>
            </ErrorCard>
          )}
          {inspection.error?.code === 'IMAGE_UNREADABLE' ? (
            <p className="hint">
              It is no boot image. Where it holds a partition table or ext2, ext3 or ext4, <em>Map</em> and{' '}
              <em>Contents</em> read it all the same.
            </p>
          ) : null}
          {inspection.value === null && inspection.error === null ? (
            <Waiting>Reading the image; a large one takes a while</Waiting>
          ) : null}
          {inspection.value === null ? null : <OverviewTab id={id} inspection={inspection.value} />}
        </TabPanel>
        <TabPanel id="map" className="tab-panel">
          {isReady ? <MapTab image={image} checkout={fitting} view={view} /> : null}
        </TabPanel>
        <TabPanel id="contents" className="tab-panel">
          <ContentsTab image={image} view={view} />
        </TabPanel>
        <TabPanel id="verify" className="tab-panel">
          <VerifyTab
            image={image}
            view={view}
            kept={kept.value ?? []}
            fitting={fitting}
            isBootCheck={record?.kind === 'boot-check'}
            configuration={record?.configuration ?? null}
          />
        </TabPanel>
        <TabPanel id="compare" className="tab-panel">
          <CompareTab id={id} disk={disk} view={view} />
        </TabPanel>
      </Tabs>
    </Page>
  );
}

/** Another disk is another place: what was looked at in this one is closed. */
function DiskSwitch({ roles, chosen }: { roles: readonly DiskRole[]; chosen: DiskRole }): ReactNode {
  return (
    <ToggleButtonGroup
      aria-label="Disk"
      className="filters"
      disallowEmptySelection
      selectedKeys={[chosen]}
      onSelectionChange={(keys) => {
        const role = roles.find((one) => one === [...keys][0]) ?? null;
        changeImageView({ disk: role === roles[0] ? null : role, zoom: null, at: null, path: null });
      }}
    >
      {roles.map((role) => (
        <ToggleButton key={role} id={role} className="button quiet small">
          {diskTitle(role)}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

/** The checkout that the image was made from, where Seedbed has it. */
function fittingCheckout(
  record: ImageRecord | null,
  kept: readonly CheckoutListing[],
): CheckoutChoice | null {
  const commit = record?.checkout?.commit ?? null;
  const fits = kept.find(({ record: one }) =>
    one.kind === 'fetched' ? one.commit === commit : one.report.commit === commit,
  );
  return commit === null || fits === undefined ? null : { id: fits.id };
}
