"""The Lambda function's entry point."""

import gc
import logging
import os
import random

# Nothing of what is imported becomes garbage, and looking for some takes time.
gc.disable()
# At their lower levels these log what is sent to DynamoDB: leads and hashes of keys. The root logger's level is the
# deployment's to set, and a level of their own is not touched by it.
for _library in ("botocore", "urllib3"):
    logging.getLogger(_library).setLevel(logging.WARNING)

from snapshot_restore_py import register_after_restore

from leads_api.wiring import create_handler
from leads_core.dynamodb.client import create_client
from leads_core.settings import Settings

# At import, because Lambda's initialisation runs on a full CPU, and a snapshot keeps what it made.
_client = create_client()
handler = create_handler(Settings.from_environment(os.environ), _client)

# Every environment that SnapStart restores would go on with the same connections, which are long closed, and with the
# same pauses between tries. Ids and tokens are not among this: the operating system makes them.
register_after_restore(_client.close)
register_after_restore(random.seed)

gc.freeze()
gc.enable()
