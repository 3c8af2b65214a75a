import { page } from './page.js'
import { html } from 'hono/html'

/** Where an inspector is made by hand. */
export function startPage(): Promise<Response> {
  return page('Inspector', html`
    <section class="start">
      <h1>See what is sent</h1>
      <p>An inspector is a URL that takes every request and shows it: headers, body, and whether its signature verifies. It keeps the last 100 requests for 24 hours, in memory.</p>
      <form method="post" action="/inspect"><button class="primary">Make an inspector</button></form>
    </section>`)
}
