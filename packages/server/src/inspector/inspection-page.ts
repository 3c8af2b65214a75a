import { html } from 'hono/html'
import { page, type Html } from './page.js'
import { prettyJson } from './pretty-json.js'
import { textOf } from './show-request.js'
import type { PlannedAnswer } from './planned-answer.js'
import type { RecordedRequest } from './recorded-request.js'
import type { SignatureCheck } from './signature-check.js'

type CheckedRequest = RecordedRequest & { signature: SignatureCheck | undefined }

/** The page of one inspector: its URL, what it answers, and what has arrived, newest first. */
export function inspectionPage({ url, requests, answer }: { url: string; requests: readonly CheckedRequest[]; answer: PlannedAnswer }): Promise<Response> {
  const newest = requests[0]?.number ?? 0
  return page('Inspector', html`
    <section class="address">
      <label for="url">Send anything to this URL</label>
      <div class="copy"><input id="url" readonly value="${url}"><button type="button" data-copy="url">Copy</button></div>
    </section>
    ${answerForm(answer)}
    <section class="requests" id="requests" data-version="${newest}/${requests.length}/${answer.status}/${answer.delayMs}">
      <div class="title"><h1>${requests.length === 0 ? 'Nothing has arrived yet' : requests.length === 1 ? '1 request' : `${requests.length} requests`}</h1>
      ${requests.length === 0 ? '' : html`<button type="button" data-clear>Clear</button>`}</div>
      ${requests.length === 0 ? waiting(url) : requests.map((request, index) => requestCard(request, index === 0))}
    </section>`)
}

function waiting(url: string): Html {
  return html`<div class="empty"><p class="pulse">Waiting for the first request. It shows up here by itself.</p><pre>curl ${url} -d '{"hello":"world"}'</pre></div>`
}

function answerForm(answer: PlannedAnswer): Html {
  const statuses = new Set([200, 202, 204, 302, 400, 401, 404, 410, 429, 500, 503, answer.status])
  const delays = new Set([0, 1_000, 5_000, 20_000, 60_000, answer.delayMs])
  const headers = Object.entries(answer.headers)
  return html`
    <form class="answer${answer.status < 300 && answer.delayMs === 0 ? '' : ' failing'}" id="answer">
      <span>It answers</span>
      <select name="status" aria-label="Status">${sorted(statuses).map((status) => html`<option value="${status}"${status === answer.status ? html` selected` : ''}>${status} ${statusWords.get(status) ?? ''}</option>`)}</select>
      <select name="delayMs" aria-label="Delay">${sorted(delays).map((delay) => html`<option value="${delay}"${delay === answer.delayMs ? html` selected` : ''}>${delay === 0 ? 'at once' : `after ${delay / 1000} s`}</option>`)}</select>
      ${headers.length === 0 ? '' : html`<span class="with">with ${headers.map(([name, value]) => `${name}: ${value}`).join(', ')}</span>`}
    </form>`
}

function requestCard(request: CheckedRequest, isOpen: boolean): Html {
  const { number, at, method, path, headers, body, status } = request
  const when = new Date(at).toISOString()
  return html`
    <details class="request" data-number="${number}"${isOpen ? html` open` : ''}>
      <summary>
        ${badge(request)}
        <strong>${eventTypeIn(body) ?? `${method} ${path === '' ? '/' : path}`}</strong>
        <span class="facts"><span>${method} → ${status}</span><span>${size(body.byteLength, request.isTooLarge)}</span><time datetime="${when}">${when.slice(11, 19)} UTC</time></span>
      </summary>
      ${signatureLine(request)}
      ${path === '' ? '' : html`<p class="path"><code>${path}</code></p>`}
      ${bodyView(request)}
      <h2>Headers</h2>
      <table>${headers.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</table>
    </details>`
}

function badge({ signature, isTooLarge }: CheckedRequest): Html {
  if (isTooLarge) return html`<span class="badge bad">too large</span>`
  if (signature === undefined) return html`<span class="badge">not checked</span>`
  return signature.isVerified ? html`<span class="badge good">verified</span>` : html`<span class="badge bad">not verified</span>`
}

function signatureLine({ signature, isTooLarge }: CheckedRequest): Html {
  if (isTooLarge) return html`<p class="signature bad">The body has more than 1 MiB; only its beginning was kept.</p>`
  if (signature === undefined) return html`<p class="signature">No endpoint of this server has this URL, so there is no secret to check the signature with.</p>`
  const { isVerified, reason, organization, format } = signature
  return html`<p class="signature ${isVerified ? 'good' : 'bad'}">${reason} <span>Format ${format}, organization ${organization}.</span></p>`
}

function bodyView({ number, body }: CheckedRequest): Html {
  if (body.byteLength === 0) return html`<h2>Body</h2><p class="none">Empty.</p>`
  const text = textOf(body)
  if (text === undefined) return html`<h2>Body</h2><p class="none">Not text; the first bytes in hexadecimal:</p><pre>${Buffer.from(body.subarray(0, 512)).toString('hex').replace(/(..)/g, '$1 ')}</pre>`
  const pieces = prettyJson(text)
  if (pieces === undefined) return html`<h2>Body</h2><pre>${text}</pre>`
  const name = `view-${number}`
  return html`
    <div class="body">
      <h2>Body</h2>
      <input type="radio" name="${name}" id="${name}-pretty" checked><label for="${name}-pretty">Pretty</label>
      <input type="radio" name="${name}" id="${name}-raw"><label for="${name}-raw">Raw</label>
      <pre class="pretty">${pieces.map(({ kind, text: piece }) => kind === 'space' || kind === 'sign' ? piece : html`<span class="${kind}">${piece}</span>`)}</pre>
      <pre class="raw">${text}</pre>
    </div>`
}

/** What the event calls itself, where the body says so. */
function eventTypeIn(body: Uint8Array): string | undefined {
  const text = textOf(body)
  if (text === undefined || !text.startsWith('{')) return undefined
  try {
    const { type } = JSON.parse(text) as { type?: unknown }
    return typeof type === 'string' && type.length <= 128 ? type : undefined
  } catch {
    return undefined
  }
}

function size(bytes: number, isTooLarge: boolean): string {
  if (isTooLarge) return 'over 1 MiB'
  return bytes < 1_024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KiB`
}

function sorted(numbers: Iterable<number>): number[] {
  return [...numbers].sort((one, other) => one - other)
}

const statusWords = new Map([
  [200, 'OK'], [202, 'Accepted'], [204, 'No Content'], [302, 'Found'], [400, 'Bad Request'], [401, 'Unauthorized'],
  [404, 'Not Found'], [410, 'Gone'], [429, 'Too Many Requests'], [500, 'Internal Server Error'], [503, 'Service Unavailable'],
])
