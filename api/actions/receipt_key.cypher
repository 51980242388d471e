// A key on receipts, so that of two requests with one idempotency key one waits for the other.
// No parameters. Returns nothing.
CREATE CONSTRAINT writereceipt_id IF NOT EXISTS FOR (r:WriteReceipt) REQUIRE r.id IS UNIQUE
