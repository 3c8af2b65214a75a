import { useMutation } from '@tanstack/react-query'
import { Button } from '../pieces/button.js'
import { Payload } from '../pieces/payload.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { proofOf, type Proof } from './signed-bytes.js'
import type { Attempt } from '@posthorn/client'

/** Step by step how a receiver proves this very request, with its own bytes. */
export function HowToVerify({ attempt, body, format, organization, endpoint }: { attempt: Attempt; body: string; format: string; organization: string; endpoint: string }) {
  const check = useMutation({
    mutationFn: async (proof: Proof) => {
      const { secret, previousSecret } = await posthorn.endpoints.secret(organization, endpoint)
      const made = await Promise.all([secret, previousSecret].filter((known) => known !== undefined).map((known) => sign(proof, known)))
      return made.some((signature) => proof.signatures.includes(signature))
    },
  })
  const proof = proofOf(format, attempt, body)
  if (proof === undefined) return null
  return (
    <details className="card">
      <summary className="px-4 py-3 font-medium">How to verify this</summary>
      <ol className="flex list-decimal flex-col gap-4 border-t border-line py-4 pr-4 pl-9 marker:text-faint">
        <li><p className="mb-1.5">Read the header <code>{proof.header}</code>:</p><Payload text={proof.headerValue} label="Signature header" /></li>
        <li><p className="mb-1.5">Take these bytes: {proof.signedAbout}. Never parse the body before.</p><Payload text={proof.signed} label="Signed bytes" /></li>
        <li>Compute HMAC-SHA256 over them. The key is {proof.isKeyDecoded ? <>what stands after <code>whsec_</code> in the signing secret, decoded from base64</> : <>the whole signing secret, <code>whsec_</code> included</>}; write the result in {proof.encoding}.</li>
        <li><p>Compare it in constant time with {proof.signatures.length === 1 ? 'the signature' : 'each of the signatures'} in the header. Or let the library do all of it:</p>
          <pre className="payload mt-1.5" tabIndex={0}>{`import { verify } from '@posthorn/webhooks'\n\nconst result = await verify({ method, url, headers, body },\n  { scheme: '${format === 'standard' ? 'standard-webhooks' : format}', secrets: [process.env.WEBHOOK_SECRET] })`}</pre></li>
        {globalThis.crypto?.subtle !== undefined && (
          <li>
            <Button disabled={check.isPending} onClick={() => check.mutate(proof)}>Compute it here with the endpoint's secret</Button>
            <p role="status" className={`mt-1.5 font-medium ${check.data === false ? 'text-wait' : 'text-good'}`}>{check.data === true ? 'It matches.' : check.data === false ? 'It was signed with a secret that has been replaced since.' : ''}</p>
            <ProblemNote error={check.error} />
          </li>
        )}
      </ol>
    </details>
  )
}

async function sign({ signed, encoding, isKeyDecoded }: Proof, secret: string): Promise<string> {
  const bytes = isKeyDecoded ? Uint8Array.from(atob(secret.replace(/^whsec_/, '')), (character) => character.charCodeAt(0)) : new TextEncoder().encode(secret)
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const made = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(signed)))
  return encoding === 'base64' ? btoa(String.fromCharCode(...made)) : [...made].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
