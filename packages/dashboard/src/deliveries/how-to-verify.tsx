import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Loading } from '../pieces/loading.js'
import { Payload } from '../pieces/payload.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import type { AttemptProof } from '@posthorn/client'

/** Step by step how a receiver proves this very request, with its own bytes; asked of the server once somebody wants to know. */
export function HowToVerify({ organization, delivery, attempt }: { organization: string; delivery: string; attempt: number }) {
  const [isOpen, setIsOpen] = useState(false)
  const { data: proof, error } = useQuery({ queryKey: ['proof', organization, delivery, attempt], queryFn: () => posthorn.deliveries.proof(organization, delivery, attempt), enabled: isOpen, staleTime: 60_000 })
  return (
    <details className="card" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="px-4 py-3 font-medium">How to verify this</summary>
      {isOpen && (
        <div className="border-t border-line">
          {error !== null && <div className="p-4"><ProblemNote error={error} /></div>}
          {proof === undefined ? error === null && <Loading /> : proof.signatures.length === 0 ? <p className="p-4 text-faint">The format {proof.format} signs nothing: its receivers know the sender by the URL alone.</p> : <Steps proof={proof} />}
        </div>
      )}
    </details>
  )
}

function Steps({ proof: { format, algorithm, encoding, secret, signedParts, signedContent, headers, signatures } }: { proof: AttemptProof }) {
  const library = schemeOf[format]
  return (
    <ol className="flex list-decimal flex-col gap-4 py-4 pr-4 pl-9 marker:text-faint">
      <li><p className="mb-1.5">Read {headers.length === 1 ? 'this header' : 'these headers'}:</p><Payload text={headers.map(({ name, value }) => `${name}: ${value}`).join('\n')} label="Signature headers" /></li>
      <li><p className="mb-1.5">Take these bytes: {signedParts.map(wordsOfPart).join(', ')}. Never parse the body before.</p><Payload text={signedContent} label="Signed bytes" /></li>
      <li>Compute HMAC-{algorithm.toUpperCase().replace('SHA', 'SHA-')} over them. The key is {keyWords[secret] ?? `the signing secret, read as ${secret}`}. Write the result in {encoding}.</li>
      <li>
        <p>Compare it in constant time with {signatures.length === 1 ? 'the signature' : 'each of the signatures'}; one that matches is enough.</p>
        {library !== undefined && <><p className="mt-1.5 mb-1.5">Or let the library do all of it:</p><pre className="payload" tabIndex={0}>{`import { verify } from '@posthorn/webhooks'\n\nconst result = await verify({ method, url, headers, body },\n  { scheme: '${library}', secrets: [process.env.WEBHOOK_SECRET] })`}</pre></>}
      </li>
      <li>
        <p>The server has done so again with the endpoint's secret:</p>
        <ul className="mt-1.5 flex flex-col gap-1">{signatures.map(({ header, value, madeWith }) => (
          <li key={`${header} ${value}`}><span className={`font-medium ${madeWith === null ? 'text-wait' : 'text-good'}`}>{madeWith === 'current' ? 'It matches.' : madeWith === 'previous' ? 'It matches the old secret.' : 'It was signed with a secret that has been replaced since.'}</span> <span className="mono break-all text-faint">{value}</span></li>
        ))}</ul>
      </li>
    </ol>
  )
}

function wordsOfPart({ part, header, value }: AttemptProof['signedParts'][number]): string {
  if (part === 'body') return 'the raw body, byte for byte'
  if (part === 'url') return 'the URL'
  if (part === 'literal') return value === '.' ? 'a dot' : `“${value}”`
  return header === null ? `the ${part}` : `the ${part} out of ${header}`
}

const keyWords: Readonly<Record<string, string>> = {
  utf8: 'the whole signing secret, whsec_ included', 'whsec-base64': 'what stands after whsec_ in the signing secret, decoded from base64', base64: 'the signing secret, decoded from base64', hex: 'the signing secret, decoded from hex',
}

/** What the library calls these formats; the operator's own are described there as `generic`. */
const schemeOf: Readonly<Record<string, string>> = {
  standard: 'standard-webhooks', stripe: 'stripe', github: 'github', shopify: 'shopify', 'bare-commerce': 'bare-commerce', 'bear-billing': 'bear-billing', devsphere: 'devsphere', 'better-data': 'better-data',
}
