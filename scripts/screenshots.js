// Takes a picture of every page of the dashboard, wide and narrow, light and dark: node scripts/screenshots.js <folder>
// Needs a server: POSTHORN_URL and POSTHORN_API_KEY, by default the one that `npm start` runs.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launchChromium } from '../packages/dashboard/dist/browser/chromium.js'

const { POSTHORN_URL: url = 'http://localhost:4000', POSTHORN_API_KEY: key = '' } = process.env
const folder = process.argv[2] ?? 'screenshots'
const only = process.argv[3]
const organization = process.argv[4] ?? 'sample-bare-commerce'
const headers = { authorization: `Bearer ${key}` }
const first = async (path) => (await (await fetch(`${url}/v1/${path}`, { headers })).json()).data?.[0]?.id

const here = `/organizations/${organization}`
const pages = {
  server: '/', overview: `${here}/overview`, events: `${here}/events`, deliveries: `${here}/deliveries`, endpoints: `${here}/endpoints`, 'new-endpoint': `${here}/endpoints/new`,
  'dead-letters': `${here}/dead-letters`, catalog: `${here}/catalog`, orders: `${here}/orders`, billing: `${here}/billing`, sources: '/sources', inspectors: '/inspectors', settings: '/settings/webhooks',
  endpoint: `${here}/endpoints/${await first(`organizations/${organization}/endpoints`)}`,
  delivery: `${here}/deliveries/${await first(`organizations/${organization}/deliveries?state=dead`) ?? await first(`organizations/${organization}/deliveries`)}`,
  event: `${here}/events/${await first(`organizations/${organization}/events`)}`,
}

mkdirSync(folder, { recursive: true })
const browser = await launchChromium()
try {
  for (const width of [1440, 390]) {
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 900 }, colorScheme, locale: 'en-US', deviceScaleFactor: width === 390 ? 2 : 1 })
      const page = await context.newPage()
      await page.goto(url)
      if (only === undefined) await page.screenshot({ path: join(folder, `sign-in-${width}-${colorScheme}.png`) })
      await page.getByLabel('API key').fill(key)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('main').waitFor()
      for (const [name, path] of Object.entries(pages)) {
        if (only !== undefined && !only.split(',').includes(name)) continue
        await page.goto(url + path)
        await page.waitForFunction(() => document.querySelector('h1') !== null && document.querySelector('[aria-label="Loading"]') === null)
        await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) })
      }
      await context.close()
    }
  }
} finally {
  await browser.close()
}
