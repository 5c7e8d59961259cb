import { test } from '@jest/globals'
import { testStrategy } from '@latchkey/testing'
import {
  headerKey,
  headerKeyCase,
  learner,
  learnerCase,
  queryKey,
  queryKeyCase,
  refreshing,
  refreshingCase,
  session,
  sessionCase,
  signer,
  signerCase,
} from './good-strategies.ts'

testStrategy(headerKey, headerKeyCase, { test })
testStrategy(queryKey, queryKeyCase, { test })
testStrategy(signer, signerCase, { test })
testStrategy(session, sessionCase, { test })
testStrategy(refreshing, refreshingCase, { test })
testStrategy(learner, learnerCase, { test })
