"""The Lambda function's entry point."""

import gc
import logging
import os
import random

# Imports create no garbage, and collecting it takes time.
gc.disable()
# At lower levels these libraries log what is sent to DynamoDB: leads and hashes of keys. A deployment may change the
# level of the root logger, but that does not change the levels that are set here.
for _library in ("botocore", "urllib3"):
    logging.getLogger(_library).setLevel(logging.WARNING)

from snapshot_restore_py import register_after_restore, register_before_snapshot

from leads_api.priming import prime
from leads_api.wiring import create_handler
from leads_core.dynamodb.client import create_client
from leads_core.settings import Settings

# This is done at import because Lambda's initialisation has a full CPU, and a snapshot keeps its results.
_client = create_client()
_settings = Settings.from_environment(os.environ)
handler = create_handler(_settings, _client)

# Without SnapStart, priming would take as long as it saves.
register_before_snapshot(prime, _settings, _client)

# Otherwise every environment that SnapStart restores would use the same connections, which are closed by then, and the
# same random pauses between tries. Ids and tokens are safe: they come from the operating system.
register_after_restore(_client.close)
register_after_restore(random.seed)

gc.freeze()
gc.enable()
