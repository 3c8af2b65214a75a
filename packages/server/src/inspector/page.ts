import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** A page of the inspector. What arrived is only ever text in it: `html` escapes, and nothing but our own files may run. */
export async function page(title: string, content: Html): Promise<Response> {
  const document = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Posthorn</title>
<link rel="icon" href="/inspect/assets/posthorn.svg" type="image/svg+xml">
<link rel="stylesheet" href="/inspect/assets/inspector.css">
<script src="/inspect/assets/inspector.js" defer></script>
</head>
<body>
<header class="bar"><a class="brand" href="/inspect"><img src="/inspect/assets/posthorn.svg" width="22" height="22" alt=""> Posthorn <span>inspector</span></a></header>
<main>${content}</main>
</body>
</html>`
  return new Response(String(document), { headers: { 'content-type': 'text/html; charset=utf-8', ...security } })
}

const security = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
