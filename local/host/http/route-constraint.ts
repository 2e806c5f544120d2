export type RouteConstraint = (value: string) => boolean

const integer = /^[-+]?\d+$/
const fraction = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i
const guid = /^[({]?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}[)}]?$/i

/** Builds a constraint from its text in a route template, such as `int` or `range(1,9)`; throws on an unknown one. */
export function createConstraint(text: string): RouteConstraint {
  const [, name = '', argument = ''] = /^([^(]+)(?:\((.*)\))?$/.exec(text) ?? []
  const [first = Number.NaN, second = first] = argument.split(',').map(Number)
  switch (name.toLowerCase()) {
    case 'int':
      return (value) => isIntegerWithin(value, -(2n ** 31n), 2n ** 31n - 1n)
    case 'long':
      return (value) => isIntegerWithin(value, -(2n ** 63n), 2n ** 63n - 1n)
    case 'bool':
      return (value) => /^(?:true|false)$/i.test(value)
    case 'float':
    case 'double':
    case 'decimal':
      return (value) => fraction.test(value)
    case 'datetime':
      return (value) => !Number.isNaN(Date.parse(value))
    case 'guid':
      return (value) => guid.test(value)
    case 'alpha':
      return (value) => /^[a-z]*$/i.test(value)
    case 'length':
      return (value) => value.length >= first && value.length <= second
    case 'minlength':
      return (value) => value.length >= first
    case 'maxlength':
      return (value) => value.length <= first
    case 'min':
      return (value) => integer.test(value) && Number(value) >= first
    case 'max':
      return (value) => integer.test(value) && Number(value) <= first
    case 'range':
      return (value) => integer.test(value) && Number(value) >= first && Number(value) <= second
    case 'regex': {
      const pattern = new RegExp(argument, 'i')
      return (value) => pattern.test(value)
    }
    case 'required':
      return (value) => value.length > 0
    default:
      throw new Error(`unknown route constraint "${text}"`)
  }
}

function isIntegerWithin(value: string, lowest: bigint, highest: bigint): boolean {
  if (!integer.test(value)) return false
  const number = BigInt(value.replace('+', ''))
  return number >= lowest && number <= highest
}
