#!/usr/bin/env bash
# From a token to a draft with its first fields: TOKEN=tqp_… [BASE=http://127.0.0.1:8000] docs/api-example.sh
set -euo pipefail
BASE=${BASE:-http://127.0.0.1:8000}
api() { curl -sS -H "Authorization: Bearer $TOKEN" -H "Accept-Language: ${LANGUAGE:-zh-hans}" "$@"; }
key() { python3 -c 'import uuid; print(uuid.uuid4())'; }
pick() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }

echo "» whom the token acts for"
api "$BASE/api/v1/own/"; echo

echo "» a new draft; the same key again gets the same answer"
once=$(key)
for _ in 1 2; do
  api -D /tmp/api-example.head -o /tmp/api-example.json -X POST "$BASE/api/v1/own/applications/" \
    -H "Idempotency-Key: $once" -H 'Content-Type: application/json' -d '{"item": "first"}'
  grep -iE '^(HTTP|ETag|Location|Idempotency-Replayed)' /tmp/api-example.head
done
number=$(pick "['number']" < /tmp/api-example.json)

echo "» fill it in on the version that was read, with a scope sheet beside it"
etag=$(pick "['etag']" < /tmp/api-example.json)
api -o /tmp/api-example.json -w '%{http_code}\n' -X PATCH "$BASE/api/v1/own/applications/$number/" \
  -H "If-Match: $etag" -H 'Content-Type: application/json' -d '{"contact_name": "示例联系人", "field": "10"}'
printf '领域,检测对象,参数,标准编号\n轻工,玩具,铅迁移量,GB 6675.4-2014\n' > /tmp/api-example.csv
api -X POST "$BASE/api/v1/own/scope/imports/" -H "Idempotency-Key: $(key)" -F file=@/tmp/api-example.csv; echo

echo "» what is still missing, and whose turn it is"
api "$BASE/api/v1/own/applications/$number/" | python3 -c '
import json, sys
found = json.load(sys.stdin)
for task in found["tasks"]:
    print("-", task["name"], "ok" if task["done"] else task["missing"])
print(found["number"], found["status"]["label"], found["with"]["party"], [a["step"] for a in found["actions"] if a["allowed"]])'

echo "» a version that is no longer the latest is refused, and says why"
api -X PATCH "$BASE/api/v1/own/applications/$number/" -H "If-Match: $etag" -H 'Content-Type: application/json' \
  -d '{"contact_name": "另一人"}'; echo

echo "» the draft is given up again"
etag=$(api "$BASE/api/v1/own/applications/$number/" | pick "['etag']")
api -X POST "$BASE/api/v1/own/applications/$number/steps/" -H "Idempotency-Key: $(key)" -H "If-Match: $etag" \
  -H 'Content-Type: application/json' -d '{"step": "discard"}' | pick "['status']['label']"
