import { CopyButton } from '../pieces/copy-button.js'
import { providerOf } from './providers.js'
import type { Source } from '@posthorn/client'

/** Where the provider sends to; a server that does not know its own URL tells the path alone. */
export function urlOf({ url }: Pick<Source, 'url'>): string {
  return url.startsWith('/') ? location.origin + url : url
}

/** What to do at the provider, with the URL to paste there. */
export function ProviderSteps({ source }: { source: Source }) {
  const provider = providerOf(source.provider)
  const url = urlOf(source)
  return (
    <>
      <p>Paste this URL at {provider.title}:</p>
      <div className="flex flex-wrap items-center gap-2"><code className="payload min-w-0 flex-1 py-2!" aria-label="URL">{url}</code><CopyButton text={url} /></div>
      <ol className="flex list-decimal flex-col gap-1 pl-5 marker:text-faint">{provider.steps.map((step) => <li key={step}>{step}</li>)}</ol>
    </>
  )
}
