import type { OnboardingView } from '../../src/onboarding/view.ts'
import type { Claim } from './claims.ts'

/** The demo's voice. */
export interface Teller {
  heading(text: string): void
  line(text: string): void
  claim(claim: Claim): void
  /** Told at every look; says only what is new since the last. */
  progress(view: OnboardingView): void
  summary(summary: { ok: boolean; requests: Record<string, number>; durationMs: number; count: number }): void
}

export function createTeller(write: (text: string) => void): Teller {
  const told = new Set<string>()
  return {
    heading: (text) => write(`\n== ${text}\n`),
    line: (text) => write(`   ${text}\n`),
    claim: ({ claim, ok, detail }) => write(`${ok ? ' ok' : 'NOT'}  ${claim}${detail === '' ? '' : ` (${detail})`}\n`),
    progress: ({ id, steps }) => {
      for (const { step, status, changes } of steps) {
        const key = `${id} ${step} ${status}`
        if (status === 'pending' || told.has(key)) continue
        told.add(key)
        const what =
          status === 'changed' ? `: ${changes.map(({ action, target }) => `${action} ${target}`).join('; ')}` : ''
        write(`   ${step.padEnd(20)} ${status}${what}\n`)
      }
    },
    summary: ({ ok, requests, durationMs, count }) => {
      write('\n== Summary\n')
      const seen = Object.entries(requests).map(([service, number]) => `${service} ${number}`)
      write(`   requests that each service saw: ${seen.join(', ')}\n`)
      write(
        `   ${count} claims checked, ${ok ? 'every one true' : 'SOME FALSE'}, in ${(durationMs / 1000).toFixed(1)} s\n`,
      )
    },
  }
}
