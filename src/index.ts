import { registerFunctions } from './functions/register.ts'

registerFunctions(process.env)
