import type { RecordedExchange } from '../../../local/cloud/request-log.ts'
import type { Difference } from '../compare.ts'
import type { Content, Operation, Parameter } from './description.ts'
import type { Validator } from './documents.ts'

/** Finds the operation that an exchange is one of. */
export function findOperation(operations: readonly Operation[], method: string, path: string): Operation | undefined {
  return operations.find((operation) => operation.method === method && operation.pattern.test(path))
}

/** Everything in an exchange that its operation's description does not allow. */
export function validateExchange(
  operation: Operation,
  exchange: RecordedExchange,
  path: string,
): readonly Difference[] {
  return [
    ...validateParameters(operation, exchange, path),
    ...validateRequestBody(operation.requestBody, exchange.requestBody),
    ...validateResponse(operation.responses, exchange),
  ]
}

function validateParameters(
  { parameters, pattern }: Operation,
  exchange: RecordedExchange,
  path: string,
): readonly Difference[] {
  const { searchParams } = new URL(exchange.url)
  const inPath = Object.values(pattern.exec(path)?.groups ?? {})
  const found = parameters.map((parameter) => ({
    parameter,
    text: readParameter(parameter, parameters, inPath, exchange, searchParams),
  }))
  const declared = new Set(parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name))
  const undeclared = [...searchParams.keys()].filter((name) => !declared.has(name))
  return [
    ...found.flatMap(({ parameter, text }) => validateParameter(parameter, text)),
    ...undeclared.map((name) => ({
      at: `query ${name}`,
      expected: 'a declared parameter',
      got: searchParams.get(name),
    })),
  ]
}

function readParameter(
  { name, in: kind }: Parameter,
  all: readonly Parameter[],
  inPath: readonly string[],
  { requestHeaders }: RecordedExchange,
  searchParams: URLSearchParams,
): string | undefined {
  switch (kind) {
    case 'query':
      return searchParams.get(name) ?? undefined
    case 'header':
      return requestHeaders[name.toLowerCase()]
    case 'path': {
      const position = all
        .filter((parameter) => parameter.in === 'path')
        .findIndex((parameter) => parameter.name === name)
      return inPath[position]
    }
  }
}

function validateParameter(
  { name, in: kind, isRequired, type, validate }: Parameter,
  text: string | undefined,
): readonly Difference[] {
  const at = `${kind} ${name}`
  if (text === undefined) return isRequired ? [{ at, expected: 'required', got: undefined }] : []
  const isNumber = (type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)
  const value = isNumber ? Number(text) : type === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text
  return runValidator(at, validate, value)
}

function validateRequestBody(content: Content | null, text: string): readonly Difference[] {
  if (text === '') return content?.isRequired ? [{ at: 'request body', expected: 'required', got: 'none' }] : []
  if (content === null) return [{ at: 'request body', expected: 'none', got: text }]
  return validateText('request body', content, text)
}

/** Success must be declared by its number, and looks like the one that is; `default` is what describes errors. */
function validateResponse(
  responses: Operation['responses'],
  { status, responseBody }: RecordedExchange,
): readonly Difference[] {
  const successes = [...responses.keys()].filter((key) => key.startsWith('2'))
  const described = responses.has(String(status)) ? String(status) : status >= 400 ? 'default' : (successes[0] ?? '')
  const isDeclared = described === 'default' || described === String(status)
  const differences = isDeclared ? [] : [{ at: 'status', expected: successes.join(' or '), got: status }]
  const content = responses.get(described)
  if (content === undefined) return [{ at: 'status', expected: [...responses.keys()].join(' or '), got: status }]
  if (content === null) {
    return responseBody === ''
      ? differences
      : [...differences, { at: 'response body', expected: 'none', got: responseBody }]
  }
  return [...differences, ...validateText('response body', content, responseBody)]
}

function validateText(at: string, { validate }: Content, text: string): readonly Difference[] {
  try {
    const value: unknown = JSON.parse(text)
    return runValidator(at, validate, value)
  } catch {
    return [{ at, expected: 'JSON', got: text }]
  }
}

function runValidator(at: string, validate: Validator, value: unknown): readonly Difference[] {
  return validate(value).map(({ instancePath, message, params }) => ({
    at: `${at}${instancePath}`,
    expected: `${message} ${JSON.stringify(params)}`,
    got: lookAt(value, instancePath),
  }))
}

function lookAt(value: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (node, key) => (typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined),
      value,
    )
}
