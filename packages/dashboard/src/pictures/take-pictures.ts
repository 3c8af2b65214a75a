// Takes a picture of every page of the dashboard, wide and narrow, light and dark, of a server with sample data:
//   npm run screenshots -- <folder> [names of pages, separated by commas]
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launchChromium } from '../browser/chromium.js'
import { adminKey, DashboardServer } from '../browser/dashboard-server.js'
import { giveHistory } from './history.js'
import { Receivers } from './receivers.js'
import { giveSampleData, pictured, sendToInspector } from './sample-data.js'
import type { Browser } from 'playwright-core'

const [folder = 'screenshots', only] = process.argv.slice(2)

const receivers = await Receivers.start()
let server = await DashboardServer.start()
const browser = await launchChromium()
try {
  await giveSampleData(server, receivers)
  server = await server.restart({ meanwhile: () => giveHistory(server.folder, pictured) })
  await sendToInspector(server)
  mkdirSync(folder, { recursive: true })
  const pages = await pagesOf(server)
  for (const width of [1440, 390] as const) for (const colorScheme of ['light', 'dark'] as const) await take(browser, pages, { width, colorScheme })
} finally {
  await browser.close()
  await server.stop()
  receivers.stop()
}

async function take(browser: Browser, pages: Readonly<Record<string, string>>, { width, colorScheme }: { width: 1440 | 390; colorScheme: 'light' | 'dark' }): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 900 }, colorScheme, locale: 'en-US', deviceScaleFactor: width === 390 ? 2 : 1 })
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  const shoot = async (name: string) => {
    if (only === undefined || only.split(',').includes(name)) await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) })
  }
  await page.goto(server.url)
  await page.getByLabel('API key').waitFor()
  await shoot('sign-in')
  await page.getByLabel('API key').fill(adminKey)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('main').waitFor()
  for (const [name, path] of Object.entries(pages)) {
    if (only !== undefined && !only.split(',').includes(name)) continue
    await page.goto(server.url + path)
    await page.waitForFunction(() => document.querySelector('main h1') !== null && document.querySelector('[aria-label="Loading"]') === null)
    await page.waitForTimeout(350)
    await shoot(name)
  }
  await context.close()
}

/** Every kind of page, by the name of its picture. */
async function pagesOf(server: DashboardServer): Promise<Record<string, string>> {
  const here = `/organizations/${pictured}`
  const first = async (path: string) => (await server.ask<{ data: { id: string }[] }>('GET', path)).data[0]?.id ?? 'none'
  const inspector = (await server.ask<{ data: { url: string }[] }>('GET', `/v1${here}/endpoints`)).data.map(({ url }) => /inspect\/([0-9a-f]{32})/.exec(url)?.[1]).find((id) => id !== undefined)
  const event = await server.ask<{ data: { id: string }[] }>('GET', `/v1${here}/events?type=order.paid`)
  return {
    server: '/?span=day', overview: `${here}/overview?span=hour`, week: `${here}/overview?span=week`, events: `${here}/events`, event: `${here}/events/${event.data[0]?.id}`,
    deliveries: `${here}/deliveries`, delivery: `${here}/deliveries/${await first(`/v1${here}/deliveries?state=dead`)}`, 'dead-letters': `${here}/dead-letters`,
    endpoints: `${here}/endpoints`, endpoint: `${here}/endpoints/${await first(`/v1${here}/endpoints`)}`, 'new-endpoint': `${here}/endpoints/new`, catalog: `${here}/catalog`,
    consumers: `${here}/consumers`, orders: `${here}/orders`, billing: '/organizations/harbor/billing', sources: '/sources', source: '/sources/stripe', receipt: `/receipts/${await first('/v1/receipts?verdict=refused')}`,
    inspectors: '/inspectors', inspector: `/inspectors/${inspector}`, settings: '/settings/webhooks', configuration: '/settings/configuration', 'all-events': '/events', 'all-deliveries': '/deliveries', missing: '/organizations/nobody/overview',
  }
}
