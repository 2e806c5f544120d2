import { inspect } from 'node:util'

const REDACTED = '[redacted]'

/** Holds a secret so that no way of printing, joining or serialising it shows the value; `reveal` is the one way out. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself: only for the call that needs it, never for a message or a record. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [inspect.custom](): string {
    return REDACTED
  }
}
