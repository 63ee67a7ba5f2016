"""How the ten seconds of an invocation are spent, in seconds.

A call to the store is begun only when it can end in time even if it takes as long as it may. What has to come after it
is kept back for: so a request that fails has been taken back, and answered, before the function is stopped.
"""

# In the region both take milliseconds. What takes longer is lost, and another connection may do better.
CONNECT_TIMEOUT = 1
READ_TIMEOUT = 1
LONGEST_CALL = CONNECT_TIMEOUT + READ_TIMEOUT

# Deleting what was written of a request that failed: a call, and a little backoff.
TO_TAKE_BACK = LONGEST_CALL + 0.5
# Noting that a batch is stored, for repeats of the request.
TO_NOTE = LONGEST_CALL
# Building the answer, and handing it to the runtime.
TO_ANSWER = 0.5
