// Renders answers as Vapi does: every string of the assistant is a Liquid template over the variable values.
// One JSON line in, {answer, builtIns}; one JSON line out, {rendered} or {error}.
import { createInterface } from 'node:readline'
import { Liquid } from 'liquidjs'

const engine = new Liquid()

function rendered (part, values) {
  if (typeof part === 'string') return engine.parseAndRenderSync(part, values)
  if (Array.isArray(part)) return part.map(item => rendered(item, values))
  if (part === null || typeof part !== 'object') return part
  return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, rendered(item, values)]))
}

function answered ({ answer, builtIns }) {
  const { variableValues, metadata, ...overrides } = answer.assistantOverrides
  try {
    return { rendered: rendered({ ...answer.assistant, ...overrides }, { ...builtIns, ...variableValues }) }
  } catch (error) {
    return { error: error.message }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(answered(JSON.parse(line))))
}
