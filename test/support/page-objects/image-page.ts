// The page of one image: its map, bytes, contents.
import type { Locator, Page } from 'playwright-core';

export interface ImagePage {
  picture: Locator;
  /** What is looked at. */
  region: Locator;
  regions: { search: Locator; list: Locator };
  hex: Locator;
  contents: Locator;
}

export function imagePage(page: Page): ImagePage {
  return {
    picture: page.getByRole('slider', { name: 'Place in the image' }),
    region: page.locator('.region-card'),
    regions: {
      search: page.getByRole('searchbox', { name: 'Search the regions' }),
      list: page.getByRole('listbox', { name: 'Regions' }),
    },
    hex: page.getByRole('group', { name: 'Bytes in hexadecimal, with what they belong to' }),
    contents: page.getByRole('grid', { name: /^What is in/ }),
  };
}
