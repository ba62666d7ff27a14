"""The test settings, with short leases, channels that end in the stub sink, and a clock that can be moved."""

import os

from certportal.settings.test import *  # noqa: F403

NOTIFICATION_LEASE_SECONDS = 3
NOTIFICATION_BACKOFF_SCALE = 0.05
NOTIFICATION_CHANNELS = {"email": "tests.fault.sink.KeyedAdapter", "sms": "tests.fault.sink.BlindAdapter"}
CLOCK_SHIFT_FILE = os.environ["FAULT_CLOCK_SHIFT"]
SINK_PORT = int(os.environ["FAULT_SINK_PORT"])
