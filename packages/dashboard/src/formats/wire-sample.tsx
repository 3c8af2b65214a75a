import { JsonPayload, Payload } from '../pieces/payload.js'
import type { Samples } from '@posthorn/client'

/** A request as it would be sent: its headers and its body. */
export function WireSample({ sample: { format, headers, body } }: { sample: Samples['samples'][number] }) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Payload text={Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join('\n')} label={`Headers in the format ${format}`} />
      <JsonPayload text={body} label={`Body in the format ${format}`} />
    </div>
  )
}
