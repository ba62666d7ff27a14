"""What every part of the API shares: problem details, public reading, tokens with scopes and budgets, idempotency keys,
versions. The endpoints themselves belong to the apps above."""
