import { awsSigV4 } from '@latchkey/aws-sigv4'
import { defineConnector } from '@latchkey/core'

/** An API behind Amazon API Gateway; the host says service and region. */
export default defineConnector({
  key: 'acme-aws',
  name: 'Acme on AWS',
  auth: awsSigV4(),
  baseUrl: 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
