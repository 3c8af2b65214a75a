import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Button } from './button.js'

/** `isQuiet`: in rows, where a frame around each would be loud. */
export function CopyButton({ text, label = 'Copy', isQuiet = false }: { text: string; label?: string; isQuiet?: boolean }) {
  const [isCopied, setIsCopied] = useState(false)
  async function copy() {
    await copyText(text)
    setIsCopied(true)
    setTimeout(() => setIsCopied(false), 1_600)
  }
  const icon = isCopied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />
  if (isQuiet) return <Button look="quiet" className="h-8! px-2!" aria-label={isCopied ? 'Copied' : label} onClick={() => void copy()}>{icon}</Button>
  return <Button onClick={() => void copy()}>{icon}{isCopied ? 'Copied' : label}</Button>
}

/** Browsers give out the clipboard only over https and on this machine; elsewhere a selection does it. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text)
      return
    } catch { /* refused: the older way may still be open */ }
  }
  const area = Object.assign(document.createElement('textarea'), { value: text })
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
