import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Button } from './button.js'

export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [isCopied, setIsCopied] = useState(false)
  async function copy() {
    await copyText(text)
    setIsCopied(true)
    setTimeout(() => setIsCopied(false), 1_600)
  }
  return <Button onClick={() => void copy()}>{isCopied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}{isCopied ? 'Copied' : label}</Button>
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
